//! What customers are called and what they write about.

pub const GIVEN_NAMES: [&str; 16] = [
    "Ayşe", "Mehmet", "Fatma", "Mustafa", "Emine", "Ahmet", "Zeynep", "Ali", "Elif", "Hüseyin", "Şükrü",
    "İpek", "Çağla", "Ömer", "Gül", "Iraz",
];
pub const SURNAMES: [&str; 16] = [
    "Yılmaz", "Kaya", "Demir", "Çelik", "Şahin", "Yıldız", "Öztürk", "Aydın", "Arslan", "Doğan", "Kılıç",
    "Aslan", "Çetin", "Kara", "Koç", "Iğdır",
];
/// As they stand in e-mail addresses, in the order of the names.
pub const ADDRESSES: [&str; 16] = [
    "yilmaz", "kaya", "demir", "celik", "sahin", "yildiz", "ozturk", "aydin", "arslan", "dogan", "kilic",
    "aslan", "cetin", "kara", "koc", "igdir",
];
pub const SUBJECTS: [&str; 12] = [
    "Kargom gelmedi",
    "İade talebi",
    "Fatura bilgisi",
    "Ürün arızalı geldi",
    "Teknik Destek",
    "Şifre sıfırlama",
    "Sipariş iptali",
    "Garanti kapsamı",
    "Yanlış ürün gönderildi",
    "Ödeme alındı, sipariş yok",
    "Adres değişikliği",
    "Kampanya sorusu",
];
pub const SENTENCES: [&str; 20] = [
    "Siparişim üç gündür kargoda görünüyor ve takip numarası çalışmıyor.",
    "Kutuyu açtığımda ürünün köşesinin kırık olduğunu gördüm, fotoğraflarını ekledim.",
    "İade sürecinin nasıl işlediğini ve paramın ne zaman yatacağını öğrenmek istiyorum.",
    "Faturada vergi numaramız eksik yazılmış, düzeltilmiş halini gönderir misiniz?",
    "Cihaz açılıyor fakat birkaç dakika sonra kendiliğinden kapanıyor.",
    "Müşteri hizmetlerini aradım ama yarım saat bekledim, kimse cevap vermedi.",
    "Yazıcı kağıdı çekiyor ancak boş sayfa basıyor; kartuş yeni.",
    "Hesabıma giriş yapamıyorum, şifre sıfırlama bağlantısı geçersiz diyor.",
    "Aynı ürünün mavi rengi stoklarınıza ne zaman girecek?",
    "Kapıda ödeme seçtim fakat kurye kart kabul etmediğini söyledi.",
    "Garanti belgesi kutudan çıkmadı, bana e-posta ile iletebilir misiniz?",
    "Adresimi değiştirdim, lütfen gönderiyi yeni adresime yönlendirin.",
    "İndirim kodu sepette geçerli görünüyor ama ödemede düşmüyor.",
    "Modem sürekli bağlantıyı koparıyor, ışıkların hepsi kırmızı yanıyor.",
    "Dün akşam yapılan güncellemeden sonra uygulama açılmıyor.",
    "Siparişimi iptal etmek istiyorum, henüz kargoya verilmediğini umuyorum.",
    "Yanlış beden gönderilmiş, değişim yapabilir miyiz?",
    "Toplu alım için fiyat teklifi rica ediyoruz; adet yüz elli.",
    "Ödeme iki kez çekilmiş, bankam sizin iade etmeniz gerektiğini söylüyor.",
    "Montaj ekibi randevu saatinde gelmedi ve haber de vermedi.",
];
/// Three of them make a brand: 4096 of those, so that each is in few tickets.
pub const SYLLABLES: [&str; 16] = [
    "bu", "dor", "fel", "gaz", "hım", "jül", "kav", "lön", "mir", "nuş", "pek", "rüz", "sığ", "tol", "vez",
    "yan",
];
pub const ANSWERS: [&str; 4] = [
    "Merhaba, talebinizi aldık ve ilgili birime ilettik. En kısa sürede dönüş yapacağız.",
    "Kargo firmasıyla görüştük; gönderiniz yarın teslim edilecek. Anlayışınız için teşekkür ederiz.",
    "İade kodunuzu e-posta ile gönderdik. Ürünü on dört gün içinde bize ulaştırabilirsiniz.",
    "Teşekkürler, sorun çözüldü.",
];
