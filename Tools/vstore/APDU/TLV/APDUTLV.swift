import ArgumentParser
import CardTrace
import ISO7816

struct APDUTLV: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tlv", abstract: "Show the BER-TLV data objects in hexadecimal digits, with their names.",
        discussion: """
            What can be read is shown, and what is unusual has a remark with its position: a length field longer than \
            necessary, padding 00 or FF, a status word behind, a value cut short. The exit status is 1 where bytes \
            are missing or cannot be read. --der refuses all of these instead.

              vstore apdu tlv 6F0F8407F05653544F5245A5048102AABB
              vstore apdu tlv --der 7003800101
            """)

    @Flag(name: .long, help: "Refuse what is not in the distinguished encoding: shortest lengths, no padding.")
    var der = false

    @Flag(name: .long, help: "Take lines of standard input, and give one line of JSON for each, with --json.")
    var lines = false

    @Argument(help: ArgumentHelp("Hexadecimal digits; standard input where none are given.", valueName: "hex"))
    var digits: [String] = []

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        if lines, !digits.isEmpty { throw ValidationError("--lines reads standard input: give no digits.") }
    }

    mutating func run() async throws {
        let console = common.console
        let dictionary = try common.words()
        if lines {
            for line in try TextFile.read("-").split(whereSeparator: \.isNewline) {
                guard let bytes = [UInt8](hexadecimalDigits: String(line)) else {
                    let text = "not hexadecimal digits"
                    console.output(["error": .error(Failure(.usage, text))], [text])
                    continue
                }
                let text = text(bytes, dictionary)
                if der, let remark = text.tlv.remarks.first {
                    console.output(
                        ["error": .error(Failure(.refused, "\(remark)")), "offset": .number(remark.offset)],
                        ["\(remark)"])
                } else {
                    console.output(text.json, text.lines)
                }
            }
            return
        }
        let input = digits.isEmpty ? try TextFile.read("-") : digits.joined(separator: " ")
        guard let bytes = [UInt8](hexadecimalDigits: input) else {
            throw Failure(.usage, "This is not hexadecimal: write two digits per byte.")
        }
        let text = text(bytes, dictionary)
        if der, let remark = text.tlv.remarks.first {
            throw Failure(.refused, "DER, \(remark). Correct the bytes, or leave --der out to see what can be read.")
        }
        console.output(text.json, text.lines)
        if text.tlv.hasFault { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    private func text(_ bytes: [UInt8], _ dictionary: APDUDictionary) -> TLVText {
        TLVText(bytes: bytes, tlv: LenientTLV(bytes, endsInStatusWord: !der), dictionary: dictionary)
    }
}
