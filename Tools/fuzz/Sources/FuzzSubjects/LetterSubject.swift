import CardCrypto
import ValueProtocol

/// Letters, and the rules in them: what can be read is written the same, and nothing is genuine that was not written
/// with the meter's key.
enum LetterSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        guard let letter = Letter(bytes) else { return }
        try hold(letter.bytes == bytes, "a letter is the bytes that it came in")
        let suite: CipherSuite
        do { suite = try CipherSuite() } catch { throw BrokenProperty(description: "\(error)") }
        let key = Scene.key(KeyName(.tariff, 1))
        try hold(!letter.isGenuine(to: Scene.gasMeter, key: key, suite), "a letter has a MAC of the meter's key")
        let written = Letter(letter.content, to: Scene.gasMeter, version: letter.version, key: key, suite)
        try hold(written.bytes.dropLast(16) == bytes.dropLast(16), "the same content is the same bytes")
        try hold(written.isGenuine(to: Scene.gasMeter, key: key, suite), "a letter that was written is genuine")
        try hold(Letter(written.bytes) == written, "a letter that was written can be read")
        if let rules = letter.content.rules {
            try hold(rules.bytes.count <= SupplyRules.maxByteCount, "rules are no longer than they may be")
        }
    }
}
