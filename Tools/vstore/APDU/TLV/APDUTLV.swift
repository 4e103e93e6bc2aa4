import ArgumentParser
import ISO7816

struct APDUTLV: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tlv", abstract: "Show the BER-TLV data objects in hexadecimal digits.",
        discussion: """
            As ISO/IEC 7816-4 has them: lengths definite and as short as they can be, tags of up to 4 bytes, bytes 00 \
            between data objects skipped.

              vstore apdu tlv 6F0F8407F05653544F5245A5048102AABB
            """)

    @OptionGroup var common: ProgramOptions

    @Flag(name: .long, help: "Take lines of standard input, and give one line of JSON for each, with --json.")
    var lines = false

    @Argument(help: ArgumentHelp("Hexadecimal digits; standard input where none are given.", valueName: "hex"))
    var digits: [String] = []

    func validate() throws {
        if lines, !digits.isEmpty { throw ValidationError("--lines reads standard input: give no digits.") }
    }

    mutating func run() async throws {
        let console = common.console
        if lines {
            for line in try TextFile.read("-").split(whereSeparator: \.isNewline) {
                console.output(APDUTLV.json(String(line)), APDUTLV.lines(String(line)))
            }
            return
        }
        let text = digits.isEmpty ? try TextFile.read("-") : digits.joined(separator: " ")
        guard let bytes = [UInt8](hexadecimalDigits: text) else {
            throw Failure(.usage, "This is not hexadecimal: write two digits per byte.")
        }
        let objects = try TLV.parse(bytes)
        console.output(.object([("objects", .list(objects.map(TLVText.json)))]), TLVText.lines(objects))
    }

    private static func parsed(_ text: String) -> Result<[TLV], TLVError>? {
        guard let bytes = [UInt8](hexadecimalDigits: text) else { return nil }
        do throws(TLVError) { return .success(try TLV.parse(bytes)) } catch { return .failure(error) }
    }

    private static func json(_ text: String) -> JSONValue {
        switch parsed(text) {
        case .success(let objects): .object([("objects", .list(objects.map(TLVText.json)))])
        case .failure(let error): ["error": .text("\(error.code)"), "offset": .number(error.offset)]
        case nil: ["error": "not hexadecimal digits"]
        }
    }

    private static func lines(_ text: String) -> [String] {
        switch parsed(text) {
        case .success(let objects): TLVText.lines(objects)
        case .failure(let error): ["\(error)"]
        case nil: ["not hexadecimal digits"]
        }
    }
}
