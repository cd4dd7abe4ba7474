//! Every text a sender of a form may read, in Turkish and English.
//!
//! On the support form its own sentences read Turkish in both languages, the framework's have both (B12-27); the desk,
//! whose drafts keep the same rules, says all of them in both.

/// The language of the answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Tr,
    En,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Required,
    Blank,
    NotAString,
    Nul,
    /// More than this many characters.
    TooLong(usize),
    /// Fewer than this many characters.
    TooShort(usize),
    NameTooShort,
    NameNotLetters,
    EmailInvalid,
    PhoneInvalid,
    /// The value that is not one of the choices.
    NotAChoice(String),
    MessageTooShort,
    MessageTooLong,
    NotAFile,
    FileEmpty,
    FileTooLarge,
    FileType,
}

impl Message {
    /// The sentence as the support form says it.
    pub fn text(&self, language: Language) -> String {
        if self.is_the_forms_own() { self.turkish() } else { self.translated(language) }
    }

    /// The sentence in the language asked for.
    pub fn translated(&self, language: Language) -> String {
        match language {
            Language::Tr => self.turkish(),
            Language::En => self.english(),
        }
    }

    fn is_the_forms_own(&self) -> bool {
        matches!(self, Self::NameNotLetters | Self::PhoneInvalid | Self::FileTooLarge | Self::FileType)
    }

    fn turkish(&self) -> String {
        match self {
            Self::Required => "Bu alan zorunlu.".into(),
            Self::Blank => "Bu alan boş bırakılmamalı.".into(),
            Self::NotAString => "Geçerli bir string değil.".into(),
            Self::Nul => "Boş karakterlere izin verilmiyor.".into(),
            Self::TooLong(max) => {
                format!("Bu alanın {max} karakterden fazla karakter barındırmadığından emin olun.")
            }
            Self::TooShort(min) => format!("Bu alanın en az {min} karakter barındırdığından emin olun."),
            Self::NameTooShort => "Ad soyad en az 2 karakter olmalıdır.".into(),
            Self::NameNotLetters => "Ad soyad sadece harf içerebilir.".into(),
            Self::EmailInvalid => "Geçerli bir e-posta adresi girin.".into(),
            Self::PhoneInvalid => "Geçerli bir telefon numarası girin.".into(),
            Self::NotAChoice(value) => format!("\"{value}\" geçerli bir seçim değil."),
            Self::MessageTooShort => "Mesaj en az 10 karakter olmalıdır.".into(),
            Self::MessageTooLong => "Mesaj en fazla 2000 karakter olabilir.".into(),
            Self::NotAFile => "Gönderilen veri dosya değil. Formdaki kodlama tipini kontrol edin.".into(),
            Self::FileEmpty => "Gönderilen dosya boş.".into(),
            Self::FileTooLarge => "Dosya boyutu 5MB'dan büyük olamaz.".into(),
            Self::FileType => "Sadece PDF, DOC, DOCX, JPG, JPEG, PNG dosyaları yüklenebilir.".into(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Required => "This field is required.".into(),
            Self::Blank => "This field may not be blank.".into(),
            Self::NotAString => "Not a valid string.".into(),
            Self::Nul => "Null characters are not allowed.".into(),
            Self::TooLong(max) => format!("Ensure this field has no more than {max} characters."),
            Self::TooShort(min) => format!("Ensure this field has at least {min} characters."),
            Self::NameTooShort => Self::TooShort(2).english(),
            Self::MessageTooShort => Self::TooShort(10).english(),
            Self::MessageTooLong => Self::TooLong(2000).english(),
            Self::EmailInvalid => "Enter a valid email address.".into(),
            Self::NotAChoice(value) => format!("\"{value}\" is not a valid choice."),
            Self::NotAFile => {
                "The submitted data was not a file. Check the encoding type on the form.".into()
            }
            Self::FileEmpty => "The submitted file is empty.".into(),
            Self::NameNotLetters => "The name may contain only letters.".into(),
            Self::PhoneInvalid => "Enter a valid phone number.".into(),
            Self::FileTooLarge => "The file may not be larger than 5MB.".into(),
            Self::FileType => "Only PDF, DOC, DOCX, JPG, JPEG and PNG files can be uploaded.".into(),
        }
    }
}
