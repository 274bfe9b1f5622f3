//! Tests a backup of pictures that are in a bucket, and what is made of it.

use std::fs;

use greenlight::blobs::Blobs;
use greenlight::domain::image::place::Place;

use super::{BOTH, in_a_bucket, pairs};
use crate::harness::{Bucket, Kind};
use crate::operator::greenlight;

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_has_the_pictures_of_a_bucket_and_goes_into_a_bucket_or_a_folder() {
    for kind in BOTH {
        let bucket = Bucket::new();
        in_a_bucket(kind, &bucket, async |w| {
            let (thread, image) = w.drafted_one().await;
            w.approved_to_4k(&thread, &image).await;
            let home = tempfile::tempdir().expect("a folder");
            let path = |name: &str| home.path().join(name).display().to_string();
            let said = greenlight(w, &["backup", &path("copy")], &pairs(&bucket.variables())).await;
            assert_eq!(said.code, 0, "{}{}", said.out, said.err);
            let pictures = fs::read_dir(home.path().join("copy/renders")).expect("pictures");
            assert_eq!(pictures.count(), 3);
            let blobs = w.app().services.blobs.clone();
            w.stop().await;

            let (other, mut database) = (Bucket::new(), w.database_url().to_owned());
            if kind == Kind::Sqlite {
                database = format!("sqlite:{}", path("new.db"));
            }
            let mut settings = other.variables();
            settings.push(("DATABASE_URL".to_owned(), database));
            let said = greenlight(w, &["restore", &path("copy")], &pairs(&settings)).await;
            assert_eq!(said.code, 0, "{}{}", said.out, said.err);
            let there = other.open(true).await.expect("the other bucket");
            let all = blobs.all().await.expect("a list");
            assert_eq!(there.all().await.expect("a list"), all);

            // Nothing in it is overwritten.
            settings.retain(|(name, _)| name != "DATABASE_URL");
            let again = if kind == Kind::Sqlite {
                format!("sqlite:{}", path("again.db"))
            } else {
                w.database_url().to_owned()
            };
            settings.push(("DATABASE_URL".to_owned(), again.clone()));
            let said = greenlight(w, &["restore", &path("copy")], &pairs(&settings)).await;
            assert_eq!(said.code, 1, "{}", said.out);
            let told = format!("blobs.url = {}: it is not empty", other.url());
            assert!(said.err.contains(&told), "{}", said.err);

            let folder = home.path().join("pictures");
            let settings = [
                ("DATABASE_URL", again),
                ("GREENLIGHT_BLOBS__FOLDER", folder.display().to_string()),
            ];
            let said = greenlight(w, &["restore", &path("copy")], &pairs(&settings)).await;
            assert_eq!(said.code, 0, "{}{}", said.out, said.err);
            let there = Blobs::open(&Place::Folder(folder), true)
                .await
                .expect("the folder");
            assert_eq!(there.all().await.expect("a list"), all);
            w.start().await;
        })
        .await;
    }
}
