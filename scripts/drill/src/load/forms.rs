//! What is filled into the two kinds of forms. The message names the intent.

use crate::intents::Intent;
use serde_json::json;

/// The support form.
pub fn support(intent: &Intent) -> String {
    json!({
        "name": "Ayşe Yılmaz",
        "email": intent.address(),
        "phone": "+90 555 123 45 67",
        "subject": "Teknik Destek",
        "message": message(intent),
    })
    .to_string()
}

/// The seeded site's own form.
pub fn own(intent: &Intent) -> String {
    json!({
        "name": "Mehmet Çağlar",
        "email": intent.address(),
        "siparis_no": "SP-1001",
        "sorun": message(intent),
    })
    .to_string()
}

fn message(intent: &Intent) -> String {
    format!("Siparişim gelmedi, yardım eder misiniz? {}", intent.id)
}
