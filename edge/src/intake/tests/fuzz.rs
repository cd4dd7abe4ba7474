use proptest::prelude::*;

use super::*;

/// Decodes and judges; whatever comes, it must answer, and leave nothing in the store.
fn survives(media_type: String, body: Vec<u8>, piece_bytes: usize) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bed = Bed::new();
        let request = request(&media_type, in_pieces(body, piece_bytes));
        match decode(request, &Options::support_form(), Some(&bed.inbox)).await {
            Ok(intake) => {
                support_form(&intake, Language::Tr).ok();
                intake.discard().await;
            }
            Err(error) => {
                let [support, native] = answers(error).await;
                assert!((400..500).contains(&support.0) && support.0 == native.0);
            }
        }
        bed.keys().await.is_empty()
    })
}

fn hostile_body() -> impl Strategy<Value = Vec<u8>> {
    let scrap = prop_oneof![
        Just(b"------sinir".to_vec()),
        Just(b"--".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"Content-Disposition: form-data; name=\"attachment\"; filename=\"a\\".to_vec()),
        Just(b"Content-Disposition: form-data; name=".to_vec()),
        Just(b"; filename*=UTF-8''%zz%".to_vec()),
        Just(b"\"".to_vec()),
        Just(text("name", "Ada")),
        Just(file("attachment", "a.pdf", "application/pdf", b"%PDF")),
        Just(b"{\"a\":[".to_vec()),
        Just(b"]}".to_vec()),
        Just(b"&=%".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(scrap, 0..20).prop_map(|scraps| scraps.concat())
}

fn hostile_media_type() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(format!("multipart/form-data; boundary={BOUNDARY}")),
        2 => Just("application/json".to_owned()),
        2 => Just("application/x-www-form-urlencoded".to_owned()),
        1 => "multipart/form-data[; =\"a-z*\\\\]{0,20}boundary=[ -~]{0,20}",
        1 => "[ -~]{0,40}",
    ]
}

proptest! {
    #[test]
    fn no_body_makes_the_decoder_panic(
        media_type in hostile_media_type(),
        body in hostile_body(),
        piece_bytes in 1_usize..50,
    ) {
        prop_assert!(survives(media_type, body, piece_bytes));
    }

    #[test]
    fn a_good_body_with_one_flipped_byte_is_answered(at: prop::sample::Index, flip in 1_u8.., piece_bytes in 1_usize..50) {
        let mut body = whole(&[text("name", "Ada"), file("attachment", "a.pdf", "application/pdf", b"%PDF-1.7")]);
        let place = at.index(body.len());
        body[place] ^= flip;
        let survived = survives(format!("multipart/form-data; boundary={BOUNDARY}"), body, piece_bytes);
        prop_assert!(survived);
    }

    #[test]
    fn any_texts_come_out_as_they_went_in(value in "[^\u{0}]{0,80}", piece_bytes in 1_usize..50) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let body = in_pieces(whole(&[text("a", &value)]), piece_bytes);
        let intake = runtime.block_on(Bed::new().support(body)).unwrap();
        prop_assert_eq!(intake.text("a"), Some(value.as_str()));
    }
}
