import PowerLine
import TestSupport

/// Prints frames and streams for programs in other languages, one JSON object per line: `HDLCFramePrinter SEED COUNT`.
///
/// `frame` is the bytes of a frame with its flags, beside what is in it. `stream` is bytes with noise between frames, beside the
/// frames that our reader finds in it, and what it counts as dropped.
@main enum HDLCFramePrinter {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard arguments.count == 2 else { return print("usage: HDLCFramePrinter SEED COUNT") }
        var random = SeededGenerator(seed: arguments[0])
        for number in 0..<arguments[1] {
            if number % 20 == 19 {
                printStream(using: &random)
            } else {
                printFrame(HDLCFrame.any(using: &random))
            }
        }
    }

    private static func printFrame(_ frame: HDLCFrame) {
        var fields = [
            "\"frame\": \"\(hexText(frame.bytes))\"", "\"isCommand\": \(frame.direction == .command)",
            "\"device\": \(frame.server.device.rawValue)", "\"station\": \(frame.server.stationNumber)",
            "\"count\": \(frame.server.count)", "\"client\": \(frame.client)", "\"isFinal\": \(frame.isFinal)",
            "\"isSegmented\": \(frame.isSegmented)", "\"information\": \"\(hexText(frame.information))\"",
        ]
        switch frame.control {
        case .information(let send, let receive):
            fields += ["\"kind\": \"I\"", "\"send\": \(send)", "\"receive\": \(receive)"]
        case .receiveReady(let receive): fields += ["\"kind\": \"RR\"", "\"receive\": \(receive)"]
        case .receiveNotReady(let receive): fields += ["\"kind\": \"RNR\"", "\"receive\": \(receive)"]
        case .setNormalResponseMode: fields.append("\"kind\": \"SNRM\"")
        case .disconnect: fields.append("\"kind\": \"DISC\"")
        case .unnumberedAcknowledgement: fields.append("\"kind\": \"UA\"")
        case .disconnectedMode: fields.append("\"kind\": \"DM\"")
        case .frameReject: fields.append("\"kind\": \"FRMR\"")
        case .unnumberedInformation: fields.append("\"kind\": \"UI\"")
        case .other(let byte): fields.append("\"kind\": \"\(byte)\"")
        }
        print("{\(fields.joined(separator: ", "))}")
    }

    private static func printStream(using random: inout SeededGenerator) {
        var stream: [UInt8] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            var bytes = HDLCFrame.bytes(
                of: (0..<Int.random(in: 1...3, using: &random)).map { _ in HDLCFrame.any(using: &random) })
            if Int.random(in: 0...2, using: &random) == 0 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
            if Int.random(in: 0...4, using: &random) == 0 {
                bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
            }
            stream += noise(Int.random(in: 0...30, using: &random), using: &random) + bytes
        }
        var reader = HDLCFrameReader()
        let found = reader.feed(stream).map { "\"\(hexText($0.bytes))\"" }
        print(
            "{\"stream\": \"\(hexText(stream))\", \"found\": [\(found.joined(separator: ", "))], "
                + "\"dropped\": \(reader.droppedBytes), \"failed\": \(reader.failedFrames)}")
    }

    private static func noise(_ count: Int, using random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in
            switch UInt8.random(in: 0...5, using: &random) {
            case 0: 0x7E
            case 1: UInt8.random(in: 0xA0...0xA8, using: &random)
            default: UInt8.random(in: 0...255, using: &random)
            }
        }
    }

    private static func hexText(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

extension HDLCFrame {
    /// One of those that a line carries: who may send it, with or without information, and of any length.
    fileprivate static func any(using random: inout SeededGenerator) -> HDLCFrame {
        let station: HDLCServerAddress.Station =
            switch Int.random(in: 0...9, using: &random) {
            case 0: .all
            case 1: .unassigned
            case 2: .number(UInt16.random(in: 0x80...0x3FFD, using: &random))
            default: .number(UInt16.random(in: 0x10...0x111, using: &random))
            }
        let address = HDLCServerAddress(
            [HDLCDevice.management, .element, .cardSlot].randomElement(using: &random) ?? .element, at: station,
            isLong: Int.random(in: 0...3, using: &random) == 0)
        func number() -> UInt8 { UInt8.random(in: 0...7, using: &random) }
        let lengths = [1...40, 200...300, 1...HDLCFrame.maxInformationLength]
        func information() -> [UInt8] {
            random.bytes(Int.random(in: lengths.randomElement(using: &random) ?? 1...1, using: &random))
        }
        func parameters() -> [UInt8] {
            let windows = [1, 1, 2, 7].map { $0 }
            let parameters = HDLCParameters(
                transmitLength: [64, 128, 257, 2_030].randomElement(using: &random) ?? 64,
                receiveLength: Int.random(in: 1...2_030, using: &random),
                transmitWindow: windows.randomElement(using: &random) ?? 1,
                receiveWindow: windows.randomElement(using: &random) ?? 1)
            return Bool.random(using: &random) ? parameters.bytes : []
        }
        let isCommand = Bool.random(using: &random)
        var (isFinal, isSegmented) = (true, false)
        var text: [UInt8] = []
        let control: HDLCControl
        switch Int.random(in: 0...9, using: &random) {
        case 0...3:
            control = .information(send: number(), receive: number())
            text = information()
            isFinal = Int.random(in: 0...3, using: &random) > 0
            isSegmented = Bool.random(using: &random)
        case 4: control = .receiveReady(number())
        case 5: control = .receiveNotReady(number())
        case 6:
            control = isCommand ? .setNormalResponseMode : .unnumberedAcknowledgement
            text = parameters()
        case 7: control = isCommand ? .disconnect : .disconnectedMode
        case 8:
            control = .unnumberedInformation
            text = information()
            isFinal = Bool.random(using: &random)
        default:
            control = isCommand ? .receiveReady(number()) : .frameReject
            if !isCommand {
                text =
                    HDLCRejection(
                        control: random.bytes(1)[0], send: number(), receive: number(), isResponse: false,
                        reason: .informationTooLong
                    ).bytes
            }
        }
        return HDLCFrame(
            isCommand ? .command : .response, address, client: UInt8.random(in: 1...0x7E, using: &random), control,
            isFinal: isFinal, isSegmented: isSegmented, information: text)
    }
}

extension HDLCServerAddress {
    /// As it is on the line.
    fileprivate var stationNumber: UInt16 {
        switch station {
        case .number(let number): number
        case .unassigned: isLong ? 0x3FFE : 0x7E
        case .all: isLong ? 0x3FFF : 0x7F
        }
    }
}
