import ArgumentParser
import CardTrace
import ISO7816

struct APDUTLV: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tlv", abstract: "Show the BER-TLV data objects in hexadecimal digits, with their names.",
        discussion: """
            What can be read is shown, and what is unusual has a remark with its position: a length field longer than \
            necessary, padding 00 or FF, a status word behind, a value cut short. The exit status is 1 where bytes \
            are missing or cannot be read, in any line with --lines. --der refuses all of these instead.

              vstore apdu tlv 6F0F8407F05653544F5245A5048102AABB
              vstore apdu tlv --der 7003800101
            """)

    @Flag(name: .long, help: "Refuse what is not in the distinguished encoding: shortest lengths, no padding.")
    var der = false

    @Flag(name: .long, help: "Take lines of standard input, and give one line of JSON for each, with --json.")
    var lines = false

    @Argument(help: ArgumentHelp("Hexadecimal digits; standard input where none are given, or -.", valueName: "hex"))
    var digits: [String] = []

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        if lines, !digits.isEmpty { throw ValidationError("--lines reads standard input: give no digits.") }
    }

    mutating func run() async throws {
        let dictionary = try common.words()
        let output = OutputPieces()
        defer { output.flush() }
        let isRead = lines ? try showLines(dictionary, to: output) : try show(dictionary, to: output)
        if !isRead { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    private func show(_ dictionary: APDUDictionary, to output: OutputPieces) throws -> Bool {
        let input = digits.isEmpty || digits == ["-"] ? try TextFile.read("-") : digits.joined(separator: " ")
        let bytes: [UInt8]
        do throws(HexadecimalText.Fault) {
            bytes = try HexadecimalText.bytes(input[...])
        } catch {
            throw Failure(.usage, "This is not hexadecimal: \(error). \(Self.example)")
        }
        guard !bytes.isEmpty else { throw Failure(.usage, "There are no digits. \(Self.example)") }
        let text = TLVText(bytes, endsInStatusWord: !der, dictionary: dictionary)
        if der, let remark = text.firstRemark {
            throw Failure(.refused, "DER, \(remark). Correct the bytes, or leave --der out to see what can be read.")
        }
        return text.write(asJSON: common.json, to: output)
    }

    /// - Returns: whether each line could be read whole.
    private func showLines(_ dictionary: APDUDictionary, to output: OutputPieces) throws -> Bool {
        var (rest, number, isRead) = (try TextFile.read("-")[...], 0, true)
        while !rest.isEmpty {
            // Most programs end lines with LF, or CR and LF.
            let line = rest.utf8.firstIndex { $0 == 0x0A || $0 == 0x0D }.map { rest[..<$0] } ?? rest
            let end = rest[line.endIndex...].utf8
            rest =
                rest[
                    rest.utf8.index(end.startIndex, offsetBy: end.starts(with: "\r\n".utf8) ? 2 : min(end.count, 1))...]
            number += 1
            if line.allSatisfy(\.isWhitespace) { continue }
            let bytes: [UInt8]
            do throws(HexadecimalText.Fault) {
                bytes = try HexadecimalText.bytes(line)
            } catch {
                isRead = false
                report(Failure(.usage, "not hexadecimal: \(error)"), number, offset: nil, to: output)
                continue
            }
            let text = TLVText(bytes, endsInStatusWord: !der, dictionary: dictionary)
            if der, let remark = text.firstRemark {
                isRead = false
                report(Failure(.refused, "\(remark)"), number, offset: remark.offset, to: output)
            } else if !text.write(asJSON: common.json, to: output) {
                isRead = false
            }
        }
        return isRead
    }

    private func report(_ failure: Failure, _ line: Int, offset: Int?, to output: OutputPieces) {
        if common.json {
            let document: JSONValue = [
                "error": .error(failure), "line": .number(line), "offset": offset.map { .number($0) } ?? .null,
            ]
            output.write("\(document)")
        } else {
            output.write("line \(line): \(failure)")
        }
        output.endLine()
    }

    private static let example = "Write two digits per byte, as in 70 03 50 01 41."
}
