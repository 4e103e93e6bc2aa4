import CardIO
import Foundation
import ISO7816
import TestSupport
import Testing

/// Readers that are connected but not listed by the service, from files in the layout of Linux's USB devices.
@Suite struct USBCardReaderTests {
    /// Two readers, one of them claimed by a program; a keyboard; a hub whose files are gone.
    private static func withDevices<Value>(_ body: (String) throws -> Value) throws -> Value {
        let files: [(String, String)] = [
            ("1-1/idVendor", "08e6\n"), ("1-1/idProduct", "3437\n"), ("1-1/product", "USB ValueCard Reader \n"),
            ("1-1:1.0/bInterfaceClass", "0b\n"), ("1-1:1.1/bInterfaceClass", "0b\n"),
            ("1-2/idVendor", "046d\n"), ("1-2/idProduct", "c31c\n"), ("1-2/product", "USB Keyboard\n"),
            ("1-2:1.0/bInterfaceClass", "03\n"),
            ("2-1.4/idVendor", "1050\n"), ("2-1.4/idProduct", "0407\n"),
            ("2-1.4:1.2/bInterfaceClass", "0b\n"), ("2-1.4:1.2/driver/bind", ""),
            ("3-1:1.0/bInterfaceClass", "0b\n"), ("usb1/idVendor", "1d6b\n"),
        ]
        return try withTemporaryFolder { root in
            for (path, text) in files {
                let file = root.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: file)
            }
            return try body(root.path)
        }
    }

    @Test func `readers are found by their class`() throws {
        try Self.withDevices { devices in
            let readers = USBCardReader.connected(devices: devices)
            #expect(readers.map(\.description) == ["USB ValueCard Reader (08e6:3437)", "USB reader (1050:0407)"])
            #expect(readers.map(\.isClaimed) == [false, true])
        }
        #expect(USBCardReader.connected(devices: "/nowhere").isEmpty)
    }

    @Test func `a missing driver is reported from no reader`() throws {
        try Self.withDevices { devices in
            let readers = USBCardReader.connected(devices: devices)
            let reason = try #require(USBCardReader.reason(for: readers))
            #expect(reason.code == .noDriver)
            #expect(reason.subject == "USB ValueCard Reader (08e6:3437)")
            let taken = try #require(USBCardReader.reason(for: readers.filter(\.isClaimed)))
            #expect(taken.code == .readerTaken && taken.subject == "USB reader (1050:0407)")
        }
        #expect(USBCardReader.reason(for: []) == nil)
    }

    @Test func `a device's name commands no terminal`() throws {
        try Self.withDevices { devices in
            try Data("\u{1B}]0;x\u{7}reader\nsecond line".utf8).write(to: URL(filePath: "\(devices)/1-1/product"))
            #expect(USBCardReader.connected(devices: devices).first?.name == "?]0;x?reader")
        }
    }
}
