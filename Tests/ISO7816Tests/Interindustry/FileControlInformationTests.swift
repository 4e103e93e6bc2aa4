import ISO7816
import Testing

@Suite struct FileControlInformationTests {
    @Test func `an interindustry FCP`() throws {
        let fcp = try FileControlInformation([
            0x62, 0x1A, 0x82, 0x05, 0x42, 0x21, 0x00, 0x1C, 0x05, 0x83, 0x02, 0x6F, 0x3A, 0x8A, 0x01, 0x05, 0x8B, 0x03,
            0x6F, 0x06, 0x04, 0x80, 0x02, 0x00, 0x8C, 0x88, 0x01, 0x08,
        ])
        #expect(fcp.template == .controlParameters)
        #expect(fcp.descriptor?.structure == .linearFixed && fcp.descriptor?.isShareable == true)
        #expect(fcp.descriptor?.recordLength == 28 && fcp.descriptor?.recordCount == 5)
        #expect(fcp.identifier == 0x6F3A && fcp.dataCount == 140 && fcp.shortIdentifier == 1)
        #expect(fcp.lifeCycle == .activated)
        #expect(fcp.securityAttributes == [TLV(0x8B, [0x6F, 0x06, 0x04])])
    }

    @Test func `templates within an FCI`() throws {
        let fci = try FileControlInformation([
            0x6F, 0x12, 0x62, 0x06, 0x82, 0x01, 0x38, 0x8A, 0x01, 0x04, 0x84, 0x02, 0xA0, 0x01, 0xA5, 0x02, 0x88, 0x00,
            0x64, 0x00,
        ])
        #expect(fci.descriptor?.isDirectory == true && fci.lifeCycle == .deactivated)
        #expect(fci.names == [[0xA0, 0x01]] && fci.proprietary.count == 1)
        #expect(fci.shortIdentifier == nil)
    }

    @Test func `what a card might send instead`() {
        let wrong: [[UInt8]] = [
            [], [0x6F], [0x6F, 0x05, 0x84], [0x70, 0x00], [0x62, 0x00, 0x01, 0x02], [0x84, 0x01, 0x00],
        ]
        for bytes in wrong {
            #expect(throws: InterindustryError(.malformedAnswer, "")) { try FileControlInformation(bytes) }
        }
    }

    /// ISO/IEC 7816-4, tables of the file descriptor byte and the life cycle status byte.
    @Test func `every descriptor byte`() {
        for byte in UInt8.min...UInt8.max {
            guard let descriptor = FileDescriptor([byte]) else {
                Issue.record("none")
                return
            }
            #expect(!(descriptor.isDirectory && descriptor.structure != nil))
            if byte & 0x80 != 0 { #expect(descriptor.structure == nil && !descriptor.isDirectory) }
        }
        #expect(FileDescriptor([0x78])?.isDirectory == true)
        #expect(FileDescriptor([0x79])?.holdsDataObjects == true)
        #expect(FileDescriptor([0x0A])?.isInternal == true)
        #expect(FileDescriptor([0x46])?.structure == .cyclic)
        #expect(
            [0x00, 0x01, 0x03, 0x05, 0x04, 0x0C, 0x10].map { FileLifeCycle($0) } == [
                .noInformation, .creation, .initialisation, .activated, .deactivated, .terminated, .proprietary(0x10),
            ])
    }
}
