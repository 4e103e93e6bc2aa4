import CardIOTesting
import ISO7816
import Testing

@Suite struct SelectionTests {
    let channel: InProcessChannel

    init() throws { channel = try InProcessChannel(FileSystemWorld.card()) }

    @Test func `by name whole and partial`() throws {
        let whole = try #require(try channel.select(FileSystemWorld.wallet))
        #expect(whole.template == .controlInformation)
        #expect(whole.names == [[0xA0, 0, 0, 0, 1, 1]])
        #expect(whole.descriptor?.isDirectory == true)
        #expect(whole.lifeCycle == .activated)
        #expect(try channel.selectAll([0xA0, 0]).map(\.names) == [[[0xA0, 0, 0, 0, 1, 1]], [[0xA0, 0, 0, 0, 1, 2]]])
        #expect(try channel.selectAll([0xB0]).isEmpty)
        #expect(throws: InterindustryError(.tooLong, "")) { try channel.selectAll([0xA0], limit: 1) }
        #expect(try channel.select(.name([0xA0], .last))?.identifier == 0x5F01)
        #expect(try channel.select(.name([0xA0], .previous))?.identifier == 0x5F00)
    }

    @Test func `by identifier and path`() throws {
        #expect(try channel.select(.masterFile)?.identifier == 0x3F00)
        #expect(try channel.select(.child(0x5F00), answer: .controlParameters)?.template == .controlParameters)
        let file = try #require(try channel.select(.elementaryFile(0x0002)))
        #expect(file.identifier == 2 && file.shortIdentifier == 2 && file.dataCount == 9)
        #expect(file.descriptor?.structure == .linearFixed)
        #expect(file.descriptor?.recordLength == 3 && file.descriptor?.recordCount == 3)
        #expect(try channel.select(.child(0x5F10))?.identifier == 0x5F10)
        #expect(try channel.select(.parent)?.identifier == 0x5F00)
        #expect(try channel.select(.path([0x5F00, 0x5F10, 0x0001]))?.dataCount == 1)
        #expect(try channel.select(.path([0x5F01]))?.identifier == 0x5F01)
        #expect(try channel.select(.identifier(0x5F00))?.identifier == 0x5F00)
        #expect(try channel.select(.pathFromCurrent([0x5F10, 0x0001]))?.dataCount == 1)
        #expect(try channel.select(.masterFile, answer: .nothing) == nil)
    }

    @Test func `what is not there`() throws {
        let missing: [Selection] = [
            .child(0x1234), .elementaryFile(0x1234), .path([0x2F00, 0x0001]), .parent, .name([1, 2, 3]),
        ]
        for selection in missing {
            do throws(InterindustryError) {
                try channel.select(selection)
                Issue.record("\(selection) was selected")
            } catch {
                #expect(error.code == .refused && error.status == .notFound)
                #expect("\(error)".contains("6A82"))
            }
        }
        #expect(throws: InterindustryError(.outOfRange, "")) { try channel.select(.name([])) }
        #expect(throws: InterindustryError(.outOfRange, "")) { try channel.select(.path([])) }
    }
}
