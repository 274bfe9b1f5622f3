-- An image is found by its message in a gallery.
CREATE INDEX renders_gallery ON renders (gallery_message_id) WHERE gallery_message_id IS NOT NULL;
