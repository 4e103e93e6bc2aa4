import ISO7816
import Testing

@Suite struct DataObjectsArticle {
    @Test func `trees`() throws {
        let response = try ArticleCards.blankMasterKeyCard().transmit(
            try CommandAPDU(cla: 0x00, ins: 0xA4, p1: 0x04, p2: 0x00, data: ArticleCards.aid, expectedLength: 256))
        let answer = try TLV(response.data)
        let identifier = answer.first(0xA5, 0x80)?.value
        #expect(identifier?.count == 8)
        #expect(try balance([0x6F, 0x03, 0x81, 0x01, 0x07]) == 7)
    }

    func balance(_ bytes: [UInt8]) throws -> UInt64? {
        var balance: UInt64?
        var cursor = TLVCursor(bytes.span)
        while let element = try cursor.next() {
            if element.tag.isConstructed {
                var children = try element.children()
                balance = try children.next(0x81)?.unsignedInteger
            }
        }
        return balance
    }

    @Test func `writing`() throws {
        let name = ArticleCards.aid
        let bytes = try [UInt8](capacity: 64) { (room) throws(TLVError) in
            try room.appendTLV(0x6F) { (room) throws(TLVError) in
                try room.appendTLV(0x84, value: name.span)
            }
        }
        #expect(bytes == [0x6F, 0x09, 0x84, 0x07] + name)
    }
}
