import ArgumentParser
import CardCrypto
import ContactInterface
import ISO7816
import ValueProtocol

/// The code of a secured memory card.
struct PSCOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the code from a file: 6 hexadecimal digits on a line; - is standard input.",
            discussion: "It is asked for at the terminal where this is not given.", valueName: "file"),
        completion: .file())
    var pscFile: String?

    @Flag(name: .long, help: "Use even the last try: if the code is wrong, the card can never be written again.")
    var lastTry = false

    /// - Throws: `Failure`.
    func code() throws -> Secret { try PSCText.code(SecretReader(source), "code (PSC)") }

    var source: SecretSource { SecretSource(pscFile, option: "--psc-file") }

    /// Presents the code.
    ///
    /// - Throws: `Failure` naming `--last-try` where that is needed.
    static func present(_ code: Secret, to card: RemoteMemoryCard, isLastTryAllowed: Bool) throws {
        do throws(MemoryCardError) {
            try card.present(code, isLastTryAllowed: isLastTryAllowed)
        } catch {
            guard error.code == .lastTry else { throw error }
            throw Failure(
                .refused,
                "\(error.subject): \(error.code). Make sure of the code, then give --last-try; a wrong code locks the card "
                    + "irreversibly.")
        }
    }
}

/// Codes as people write them.
enum PSCText {
    static func code(_ reader: SecretReader, _ subject: String) throws -> Secret {
        let text = try reader.line(subject)
        var digits: [UInt8] = []
        digits.reserveCapacity(1024)
        defer { Secret.wipe(&digits) }
        var isGood = true
        text.withBytes { characters in
            for character in characters where character != 0x20 {
                switch character {
                case 0x30...0x39: digits.append(character - 0x30)
                case 0x41...0x46: digits.append(character - 0x37)
                case 0x61...0x66: digits.append(character - 0x57)
                default: isGood = false
                }
                if digits.count > 6 {
                    isGood = false
                    return
                }
            }
        }
        guard isGood, digits.count == 6 else {
            throw Failure(.file, "\(subject): is not a code. Write 6 hexadecimal digits.")
        }
        var bytes = [digits[0] << 4 | digits[1], digits[2] << 4 | digits[3], digits[4] << 4 | digits[5]]
        return Secret(taking: &bytes)
    }
}
