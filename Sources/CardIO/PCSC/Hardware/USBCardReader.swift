import DurableFiles
import SystemPackage

/// A USB device that says of itself that it is a card reader (interface class 0B), whether a driver serves it or not.
public struct USBCardReader: Sendable, Hashable, CustomStringConvertible {
    /// The maker's number with the USB forum, as 4 hexadecimal digits.
    public let vendor: String
    /// The maker's number of the model, as 4 hexadecimal digits.
    public let product: String
    /// What the device calls itself; nil where it does not.
    public let name: String?
    /// Whether a program has taken the device's interface for itself: pcscd's driver, or one that goes round PC/SC.
    public let isTaken: Bool

    /// `name (vendor:product)`.
    public var description: String { "\(name ?? "USB reader") (\(vendor):\(product))" }

    /// The card readers among the USB devices of this machine, by their places; empty where the system does not tell,
    /// as systems other than Linux do not.
    ///
    /// Readers older than the class (CCID), or of a class of their maker's, are not among them.
    ///
    /// - Parameter devices: where Linux lists the devices and their interfaces.
    public static func connected(devices: String = "/sys/bus/usb/devices") -> [USBCardReader] {
        var seen: Set<Substring> = []
        return entries(devices).sorted().compactMap { interface in
            // `1-2:1.0` is interface 0 in configuration 1 of the device `1-2`.
            guard let colon = interface.firstIndex(of: ":"), text("\(devices)/\(interface)/bInterfaceClass") == "0b",
                seen.insert(interface[..<colon]).inserted
            else { return nil }
            return USBCardReader(
                device: "\(devices)/\(interface[..<colon])",
                // To the kernel a program's interface is one of the driver `usbfs`.
                isTaken: exists("\(devices)/\(interface)/driver"))
        }
    }

    private init?(device: String, isTaken: Bool) {
        guard let vendor = Self.text("\(device)/idVendor"), let product = Self.text("\(device)/idProduct") else {
            return nil
        }
        (self.vendor, self.product, self.isTaken) = (vendor, product, isTaken)
        name = Self.text("\(device)/product").map(PrintableText.of)
    }

    /// Empty where there is no such folder.
    private static func entries(_ folder: String) -> [String] {
        do { return try Folder.names(in: FilePath(folder: folder)).map(\.string) } catch { return [] }
    }

    private static func exists(_ path: String) -> Bool {
        do { return try FileKind.ofTarget(FilePath(file: path)) != nil } catch { return false }
    }

    /// The first line without blanks around it; nil where there is none, or the device is gone meanwhile.
    private static func text(_ path: String) -> String? {
        let bytes: [UInt8]
        // The kernel's texts are at most a page.
        do { bytes = try InputFile(at: FilePath(file: path)).readAll(atMost: 65_536) } catch { return nil }
        var line = bytes.prefix { $0 != 0x0A }
        while line.first == 0x20 { line.removeFirst() }
        while line.last == 0x20 { line.removeLast() }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
