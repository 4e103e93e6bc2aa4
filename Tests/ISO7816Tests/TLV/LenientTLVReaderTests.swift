import ISO7816
import TestSupport
import Testing

/// Data objects as they are read, without a tree.
@Suite struct LenientTLVReaderTests {
    /// Writes what it is given: `70{5F34 9F57}?6`.
    private struct Text: LenientTLVVisitor {
        var text = ""
        var remarks: [LenientTLV.Remark] = []

        mutating func begin(_ tag: TLVTag, header: Range<Int>, value: Range<Int>) {
            text += "\(tag)@\(header)=\(value)" + (tag.isConstructed ? "{" : " ")
        }
        mutating func end() { text += "}" }
        mutating func unread(_ range: Range<Int>) { text += "?\(range) " }
        mutating func remark(_ remark: LenientTLV.Remark) { remarks.append(remark) }
    }

    private static func text(_ nodes: [LenientTLV.Node]) -> String {
        nodes.map { node in
            switch node {
            case .unread(let range): "?\(range) "
            case .object(let object):
                "\(object.tag)@\(object.header)=\(object.value)" + (object.children.map { "{\(text($0))}" } ?? " ")
            }
        }
        .joined()
    }

    @Test func `the tree has what is read`() {
        var source = SeededGenerator(seed: 825)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40, using: &source)).map { _ in
                [0x00, 0x01, 0x02, 0x05, 0x5F, 0x61, 0x70, 0x81, 0x84, 0x90, 0xFF]
                    .randomElement(using: &source) ?? UInt8(0)
            }
            let reader = LenientTLVReader(bytes, endsInStatusWord: true)
            var (first, second) = (Text(), Text())
            reader.read(into: &first)
            reader.read(into: &second)
            let tlv = LenientTLV(bytes, endsInStatusWord: true)
            #expect(first.text == Self.text(tlv.nodes) && first.remarks == tlv.remarks, "\(bytes.hexadecimal())")
            #expect(first.text == second.text && reader.statusWord == tlv.statusWord)
        }
    }

    private struct Count: LenientTLVVisitor {
        var objects = 0

        mutating func begin(_ tag: TLVTag, header: Range<Int>, value: Range<Int>) { objects += 1 }
    }

    @Test func `a million bytes need no tree`() {
        var count = Count()
        LenientTLVReader([UInt8](repeating: 0x80, count: 2) + [0x80, 0x00]).read(into: &count)
        #expect(count.objects == 0)
        let many = [[UInt8]](repeating: [0x81, 0x00], count: 500_000).flatMap { $0 }
        LenientTLVReader(many).read(into: &count)
        #expect(count.objects == 500_000)
    }
}
