# How the one box is read, and the check digits of a machine-readable zone.
reading-show = Show how it is read
reading-facts = What was read
reading-too-long = This text is longer than is read. Write one name, number or MRZ.
reading-nothing = There is no letter and no digit in it.
reading-name = { $count ->
    [one] Read as a name of one word
   *[other] Read as a name of { $count } words
}
reading-words = Words
reading-word = As written
reading-latin = In Latin letters
reading-printed = As an MRZ may print it
reading-no-table = no table for this script
reading-no-vowels = The script leaves vowels out: consonants are compared first.
reading-filler = It has < and { $characters } characters. An MRZ has 3 lines of 30, 2 of 36 or 2 of 44.
reading-number = Read as a number: { $number }
reading-masked = Read as a serial number with places that cannot be read: { $number }
reading-number-long = This number is longer than is read. Write one number alone.
reading-number-note = Separators and small letters do not matter. It may be the number of a document, of a ship or of a thing.
reading-masked-note = This node holds no register of serial numbers. A check compares it with the numbers on the lists as it stands.
reading-places = Letters and digits
reading-alike = Look alike
reading-alike-pair = { $character } and { $others }
reading-label = Read as the label of a weapon: { $number }
reading-label-bare = Read as the label of a weapon without a number. The register finds it; a check needs a number.
reading-zone = Read as an MRZ of form { $form }. { $finding }
reading-zone-part = Read as an MRZ that is not whole

zone-title = MRZ
zone-lines = The lines of the MRZ as they were read
zone-fits = Every check digit fits
zone-wrong = { $count ->
    [one] One check digit does not fit
   *[other] { $count } check digits do not fit
}
zone-no-digits = The line has no check digit
zone-digits = Check digits
zone-field = Check digit of
zone-place = Where
zone-stands = Stands there
zone-should = Should be
zone-finding = Finding
zone-line-and-place = line { $line }, place { $column }
zone-digit-fits = fits
zone-digit-empty = none needed
zone-digit-wrong = does not fit
zone-explain = { $field }: its characters give { $computed }, and { $stated } stands there. A character of it was misread, or the document is not genuine.
zone-explain-none = { $field }: its characters give { $computed }, and no check digit stands there.
zone-explain-composite = { $field }: numbers and dates together give { $computed }, and { $stated } stands there. It fails whenever another check digit does.
zone-misplaced = { $place }: { $character } cannot stand in the { $field }.
zone-impossible = There is no such { $field }.
zone-unknown = { $field }, not stated: { $parts }. What is stated is compared.
zone-year = year
zone-month = month
zone-day = day
zone-expired = The document had expired on the day of the reading.
zone-long-number = The document number has more than nine characters: it goes on in the optional data, and its check digit stands there.
zone-truncated = The name fills its field to the last place: letters or whole words may be missing.
zone-name-line = Only the first line was given. It has no number, no date and no check digit.
zone-data-line = Only the second line was given. It has no name; the check digit over all is not looked at.
zone-family = Family name
zone-given = Given names
zone-issuer = Issued by
zone-expiry = Expiry date
zone-optional = Optional data
zone-proposals = What it may have been
zone-proposals-means = Nothing was changed. Look at the document; if it says so, check it read so.
zone-perhaps = { $place }, { $field }: { $read } was read, perhaps it is { $proposed }.
zone-then-fits = Then every check digit fits.
zone-then-wrong = Still wrong then: { $fields }.
zone-check-proposal = Check proposal { $count }
zone-as-read = Check it as it stands
zone-as-read-means = If the document says exactly this, it may be false: it can be checked as it stands. The answer shows what does not fit.
mrz-field-document-code = document code
mrz-field-issuing-state = issuing state
mrz-field-name = name
mrz-field-nationality = nationality
mrz-field-sex = sex
