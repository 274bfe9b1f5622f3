"""Asks for the same pictures as the engines do, by each vendor's own client library.

Takes the address of a recorder, and the file of a picture. The recorder's answers are not pictures
that a library likes, so what a library makes of them does not matter.
"""

import base64
import contextlib
import os
import sys

URL, PICTURE = sys.argv[1], sys.argv[2]
WORDS = "a red fox, drawn with care"
os.environ["FAL_KEY"] = "key"


@contextlib.contextmanager
def whatever_comes_back():
    try:
        yield
    except Exception as error:  # noqa: BLE001
        print(type(error).__name__, error, file=sys.stderr)


def openai():
    from openai import OpenAI

    client = OpenAI(api_key="key", base_url=f"{URL}/openai", max_retries=0)
    same = {
        "model": "gpt-image-2",
        "prompt": WORDS,
        "n": 1,
        "size": "1280x720",
        "quality": "medium",
        "output_format": "png",
        "extra_body": {"safety_identifier": "9876543210"},
    }
    with whatever_comes_back():
        client.images.generate(**same)
    with whatever_comes_back(), open(PICTURE, "rb") as picture:
        client.images.edit(image=[("picture-1.png", picture, "image/png")], **same)


def gemini():
    from google import genai
    from google.genai import types

    client = genai.Client(api_key="key", http_options=types.HttpOptions(base_url=f"{URL}/gemini"))
    config = types.GenerateContentConfig(
        response_modalities=["IMAGE"],
        image_config=types.ImageConfig(aspect_ratio="16:9", image_size="1K"),
    )
    with open(PICTURE, "rb") as file:
        picture = types.Part.from_bytes(data=file.read(), mime_type="image/png")
    for parts in ([WORDS], [WORDS, picture]):
        with whatever_comes_back():
            client.models.generate_content(model="gemini-3-pro-image", contents=parts, config=config)


def fal():
    import fal_client

    with open(PICTURE, "rb") as file:
        picture = "data:image/png;base64," + base64.b64encode(file.read()).decode()
    words = {
        "prompt": WORDS,
        "image_size": {"width": 1280, "height": 720},
        "num_images": 1,
        "output_format": "png",
        "quality": "medium",
    }
    # It knows only TLS.
    fal_client.client.QUEUE_URL_FORMAT = f"{URL}/fal/"
    client = fal_client.SyncClient(key="key")
    for app, arguments in (
        ("openai/gpt-image-2", words),
        ("openai/gpt-image-2/edit", words | {"image_urls": [picture]}),
    ):
        with whatever_comes_back():
            handle = client.submit(app, arguments, headers={"x-fal-no-retry": "1"})
            handle.status()
            handle.cancel()


openai()
gemini()
fal()
