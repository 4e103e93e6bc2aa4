import ISO7816
import TestSupport
import Testing

/// Data objects with faults: what can be read is read, and what is unusual has a remark.
@Suite struct LenientTLVTests {
    /// Tags, values in hexadecimal digits and nested nodes: `70{5F34=01 9F57=0840}`, `?` before unread bytes.
    private static func text(_ nodes: [LenientTLV.Node], _ bytes: [UInt8]) -> String {
        nodes.map { node in
            switch node {
            case .unread(let range): "?\(bytes[range].hexadecimal())"
            case .object(let object):
                object.children.map { "\(object.tag){\(text($0, bytes))}" }
                    ?? "\(object.tag)=\(bytes[object.value].hexadecimal())"
            }
        }
        .joined(separator: " ")
    }

    @Test(arguments: [
        ("7081025000", "70{50=}", ["byte 2: the length is written in more bytes than it needs"]),
        ("5A8200015A", "5A=5A", ["byte 2: the length is written in more bytes than it needs"]),
        ("5A840000000142", "5A=42", ["byte 2: the length is written in more bytes than it needs"]),
        ("700C5F340101FFFFFF9F57020840", "70{5F34=01 9F57=0840}", ["byte 7: padding FF, 3 bytes"]),
        ("00008001AA00", "80=AA", ["byte 1: padding 00, 2 bytes", "byte 6: padding 00"]),
        ("8001AAFF", "80=AA", ["byte 4: padding FF"]),
        ("FF40028000", "FF40{80=}", []),
        ("FF9F5701AA", "9F57=AA", ["byte 1: padding FF"]),
        ("9F800101AA", "9F8001=AA", ["byte 1: the tag number begins with zeros (second byte 80)"]),
        (
            "6F1B8407A0000000031010A50F5004564953419F38039F1A02870101",
            "6F{84=A0000000031010 A5{50=56495341 9F38=9F1A02 87=01}}", ["byte 2: 1B where 1A bytes follow"]
        ),
        ("6F048405A000", "6F{84=A000}", ["byte 4: 05 where 02 bytes follow"]),
        ("5532465F5632", "55=465F5632", ["byte 2: 32 where 04 bytes follow"]),
        ("80800102", "?80800102", ["byte 2: the length is indefinite (80), which ISO/IEC 7816-4 does not allow"]),
        ("8001AA5F", "80=AA ?5F", ["byte 4: the bytes end within a tag"]),
        ("8001AA81", "80=AA ?81", ["byte 5: the bytes end within a length field"]),
        ("80850000000001", "?80850000000001", ["byte 2: the length field has more than 4 further bytes"]),
        ("9FFFFFFF7F01AA", "?9FFFFFFF7F01AA", ["byte 1: the tag has more than 4 bytes"]),
        (
            "7003800280A00181", "70{80=80} A0{?81}",
            ["byte 4: 02 where 01 bytes follow", "byte 9: the bytes end within a length field"]
        ),
        ("", "", []),
    ])
    func `it is read as far as it can be`(digits: String, nodes: String, remarks: [String]) {
        let bytes = hex(digits)
        let tlv = LenientTLV(bytes)
        #expect(Self.text(tlv.nodes, bytes) == nodes)
        #expect(tlv.remarks.map(\.description) == remarks)
    }

    @Test(
        arguments: [
            ("840101" + "9000", 0x9000), ("840101" + "6A82", 0x6A82), ("6F03840101" + "61FF", 0x61FF),
            ("6F078401018701FF" + "9000", 0x9000), ("6F078401018701FF" + "6A82", nil),
            ("6F0484029000", nil), ("840101", nil), ("840101" + "8000", nil), ("9000", 0x9000), ("6F00", nil),
            ("840101" + "6D00", nil),
        ] as [(String, UInt16?)])
    func `a status word behind is told from data objects`(digits: String, status: UInt16?) {
        let tlv = LenientTLV(hex(digits), endsInStatusWord: true)
        #expect(tlv.statusWord?.rawValue == status)
        #expect(!tlv.hasFault || status == nil || digits.hasPrefix("6F07"))
    }

    /// Any bytes: every byte is in exactly one place, and what the strict reader takes is the same here.
    @Test func `nothing is lost, and what is valid reads the same`() throws {
        var source = SeededGenerator(seed: 7816)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40, using: &source)).map { _ in
                [0x00, 0x01, 0x02, 0x05, 0x5F, 0x70, 0x81, 0x84, 0x9F, 0xFF, UInt8.random(in: 0...255, using: &source)]
                    .randomElement(using: &source) ?? 0
            }
            let tlv = LenientTLV(bytes)
            let padding = tlv.remarks.reduce(0) { count, remark in
                if case .padding(_, let bytes) = remark.kind { count + bytes } else { count }
            }
            #expect(Self.covered(tlv.nodes) + padding == bytes.count, "\(bytes.hexadecimal())")
            #expect(tlv.remarks.allSatisfy { (0...bytes.count).contains($0.offset) })
            guard let strict = Self.strict(bytes), !bytes.contains(0xFF) else { continue }
            #expect(!tlv.hasFault, "\(bytes.hexadecimal())")
            #expect(Self.text(tlv.nodes, bytes) == Self.text(strict), "\(bytes.hexadecimal())")
        }
    }

    private static func strict(_ bytes: [UInt8]) -> [TLV]? {
        do { return try TLV.parse(bytes) } catch { return nil }
    }

    private static func text(_ objects: [TLV]) -> String {
        objects.map { object in
            switch object.content {
            case .primitive(let value): "\(object.tag)=\(value.hexadecimal())"
            case .constructed(let children): "\(object.tag){\(text(children))}"
            }
        }
        .joined(separator: " ")
    }

    private static func covered(_ nodes: [LenientTLV.Node]) -> Int {
        nodes.reduce(0) { count, node in
            switch node {
            case .unread(let range): count + range.count
            case .object(let object):
                count + object.header.count + (object.children.map(covered) ?? object.value.count)
            }
        }
    }

    @Test func `levels beyond the limit are unread`() {
        var bytes: [UInt8] = []
        for _ in 0..<40 { bytes = [0x70, UInt8(bytes.count)] + bytes }
        let tlv = LenientTLV(bytes)
        #expect(tlv.remarks.map(\.kind) == [.unreadable(.nestedTooDeep)])
    }
}
