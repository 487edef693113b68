//! What the column of phone numbers is usually called.

/// Folded by [`super::fold`]: lower case, no accents (so `й` is `и`), letters and digits only.
#[rustfmt::skip]
pub(super) const USUAL: &[&str] = &[
    // English, and what exports of common programs write.
    "phone", "phonenumber", "phoneno", "phones", "mobile", "mobilephone", "mobilephonenumber", "mobilenumber",
    "mobileno", "cell", "cellphone", "cellphonenumber", "cellnumber", "cellular", "telephone", "telephonenumber",
    "tel", "telno", "telnumber", "number", "msisdn", "smsnumber", "contactnumber", "e164", "phonee164",
    // Italian.
    "telefono", "numeroditelefono", "numerotelefono", "numtelefono", "ntelefono", "cellulare", "numerocellulare",
    "numerodicellulare", "telefonocellulare", "telefonomobile", "telcellulare", "cellulari", "numero",
    // French.
    "telephoneportable", "telephonemobile", "portable", "numerodetelephone", "numerotelephone",
    "numerodeportable", "numerodemobile", "numeroportable", "numeromobile", "telportable", "telmobile", "gsm",
    // German.
    "handy", "handynummer", "handynr", "telefon", "telefonnummer", "telefonnr", "mobil", "mobiltelefon",
    "mobiltelefonnummer", "mobilnummer", "mobilnr", "mobilfunk", "mobilfunknummer", "rufnummer", "nummer",
    // Spanish.
    "movil", "telefonomovil", "celular", "telefonocelular", "numerodemovil", "numerodecelular", "numerodetelefono",
    "numeromovil", "numerocelular",
    // Portuguese.
    "telefone", "telemovel", "telefonemovel", "telefonecelular", "numerodetelefone", "numerodotelefone",
    "numerodetelemovel", "numerodocelular",
    // Catalan and Romanian.
    "mobils", "numerodetelefon", "numardetelefon", "numartelefon", "telefonmobil",
    // Dutch.
    "telefoon", "telefoonnummer", "telefoonnr", "mobiel", "mobielnummer", "mobielenummer", "mobieltelefoonnummer",
    // Danish, Norwegian, Swedish. The strokes of ø and ł are not accents.
    "mobilnumre", "telefonnumre", "mobiltlf", "tlf", "tlfnr", "mobiltelefonnr",
    // Finnish, Estonian, Hungarian.
    "puhelin", "puhelinnumero", "matkapuhelin", "matkapuhelinnumero", "kannykka", "telefoninumber", "mobiilinumber",
    "telefonszam", "mobilszam", "mobiltelefonszam",
    // Polish, Czech, Slovak, Slovene, Croatian.
    "numertelefonu", "nrtelefonu", "telefonkomorkowy", "komorka", "telefonnicislo", "cislotelefonu", "telefonnecislo",
    "mobilnitelefon", "mobilnytelefon", "telefonskastevilka", "brojtelefona", "brojmobitela", "mobitel",
    // Turkish.
    "ceptelefonu", "cep", "telefonnumarasi",
    // Greek, Russian, Ukrainian.
    "τηλεφωνο", "κινητο", "κινητοτηλεφωνο", "αριθμοςτηλεφωνου",
    "телефон", "номертелефона", "мобильныи", "мобильныителефон", "номертелефону", "мобільнии", "мобільниителефон",
    // Arabic, Chinese, Japanese, Korean (decomposed as NFKD does).
    "هاتف", "الهاتف", "جوال", "الجوال", "موبايل",
    "手机", "手机号", "手机号码", "电话", "电话号码", "電話", "電話番号", "携帯", "携帯電話", "携帯番号", "携帯電話番号",
];
