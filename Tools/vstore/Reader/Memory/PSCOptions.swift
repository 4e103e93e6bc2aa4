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
        guard let code = Secret(hexadecimal: try reader.line(subject)), code.count == 3 else {
            throw Failure(.file, "\(subject): is not a code. Write 6 hexadecimal digits.")
        }
        return code
    }
}
