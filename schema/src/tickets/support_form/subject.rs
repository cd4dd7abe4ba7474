//! The subjects a visitor chooses from.

/// Value and label in one, in the order they are offered (B12-34).
pub const SUBJECTS: [&str; 7] = [
    "Sipariş Sorunu",
    "Ürün Hakkında Soru",
    "Ödeme Sorunu",
    "Hesap Sorunu",
    "Teknik Destek",
    "İade/İptal",
    "Diğer",
];
