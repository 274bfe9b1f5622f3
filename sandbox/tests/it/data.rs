//! What is kept across runs.

use discord_sandbox::{Options, Sandbox, world};

use crate::support::PNG;

#[tokio::test]
async fn a_sandbox_with_data_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        data: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let first = Sandbox::start(options()).await.unwrap();
    let ana = first.member(world::ANA);
    let message = ana
        .say(world::GENERAL, "keep me", vec![("a.png".into(), PNG.to_vec())])
        .await
        .unwrap();
    first
        .member(world::BO)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
    let dora = first.add_member("Dora");
    first.stop().await;

    let second = Sandbox::start(options()).await.unwrap();
    let kept = &second.messages(world::GENERAL)[0];
    assert_eq!(
        (&kept["content"], &kept["reactions"][0]["count"]),
        (&"keep me".into(), &1.into())
    );
    // The port is another one, and the URL follows it.
    let url = kept["attachments"][0]["url"].as_str().unwrap();
    assert!(url.starts_with(&second.url()));
    assert_eq!(second.file(url).unwrap(), PNG);
    let later = second
        .member(dora)
        .say(world::GENERAL, "still here", vec![])
        .await
        .unwrap();
    assert!(later > message);
    second.delete_message(world::GENERAL, message);
    second.stop().await;
    assert_eq!(std::fs::read_dir(folder.path().join("files")).unwrap().count(), 0);
}

#[tokio::test]
async fn broken_data_is_refused_rather_than_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("state.json"), "{").unwrap();
    let options = Options {
        data: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let error = Sandbox::start(options).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot read the data in "));
}

#[tokio::test]
async fn a_taken_port_is_said_plainly() {
    let first = Sandbox::start(Options::default()).await.unwrap();
    let port = first.url().rsplit_once(':').unwrap().1.parse().unwrap();
    let error = Sandbox::start(Options {
        port,
        ..Options::default()
    })
    .await
    .unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on 127.0.0.1:{port}"));
}
