/// What a reader says of a contactless card of type B in the historical bytes of the answer to reset that it makes up
/// (PC/SC part 3, 3.1.3.2.3.1): application data and protocol info of ATQB (ISO/IEC 14443-3, 7.9), and MBLI of the
/// answer to ATTRIB (7.11).
///
/// A card of type A that has eight historical bytes of its own gets the same answer to reset otherwise; so the bytes are
/// read in this way only where their fields have values of the standard.
struct TypeBCard {
    private let data: [UInt8]
    private let info: [UInt8]
    /// The maximum buffer length index: 0 where the card does not say.
    private let lengthIndex: UInt8

    init?(_ answer: AnswerToReset) {
        let bytes = Array(answer.historicalBytes)
        guard answer.bytes.starts(with: [0x3B, 0x88, 0x80, 0x01]), bytes.count == 8,
            case .proprietary = HistoricalBytes(answer.historicalBytes)
        else { return nil }
        (data, info, lengthIndex) = (Array(bytes[0..<4]), Array(bytes[4..<7]), bytes[7] >> 4)
        // A bit rate is reserved; frame sizes; ISO/IEC 14443-4 is supported; FWI 15 is reserved; a zero of PC/SC.
        guard info[0] & 0x08 == 0, info[1] >> 4 < Self.frameSizes.count, info[1] & 0x09 == 0x01, info[2] >> 4 < 15,
            bytes[7] & 0x0F == 0
        else { return nil }
    }

    private static let frameSizes = [16, 24, 32, 40, 48, 64, 96, 128, 256, 512, 1024, 2048, 4096]

    /// The meaning of each of the eight bytes; empty where an earlier one covers it.
    var meanings: [[String]] {
        let kind = "fit a card of type B as a reader describes it (PC/SC part 3)"
        let isCoded = info[2] >> 2 & 0x03 == 1
        let application =
            isCoded
            ? "application data: family \(hexadecimal(data[0])), CRC_B of the AID \(Array(data[1...2]).hexadecimal()), applications \(hexadecimal(data[3]))"
            : "application data \(data.hexadecimal()), proprietary"
        let options = [info[2] & 0x02 != 0 ? "NAD" : nil, info[2] & 0x01 != 0 ? "CID" : nil].compactMap(\.self)
        return [
            [kind, application], [], [], [], ["protocol info: " + rates],
            ["frames of at most \(Self.frameSizes[Int(info[1] >> 4)]) bytes, ISO/IEC 14443-4"],
            [
                "frame waiting time integer \(info[2] >> 4), "
                    + (options.isEmpty ? "neither NAD nor CID" : options.joined(separator: " and "))
            ],
            [
                lengthIndex == 0
                    ? "MBLI 0: no information on the card's buffer"
                    : "MBLI \(lengthIndex): its buffer takes \(1 << (lengthIndex - 1)) frames"
            ],
        ]
    }

    private var rates: String {
        func names(_ bits: UInt8) -> String {
            ([106] + [212, 424, 848].enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element))
                .map(String.init).joined(separator: ", ")
        }
        let (toReader, toCard) = (names(info[0] & 0x07), names(info[0] >> 4 & 0x07))
        return "kbit/s to the card \(toCard), to the reader \(toReader)"
            + (info[0] & 0x80 != 0 ? ", the same both ways" : "")
    }
}
