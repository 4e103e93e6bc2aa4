import DurableFiles
import SystemPackage

/// A USB device of the smart card class (interface class 0B), with or without a driver.
public struct USBCardReader: Sendable, Hashable, CustomStringConvertible {
    /// The USB vendor ID, as 4 hexadecimal digits.
    public let vendor: String
    /// The USB product ID, as 4 hexadecimal digits.
    public let product: String
    /// The device's product string; nil where it has none.
    public let name: String?
    /// Whether a program has claimed the device's interface: pcscd's driver, or one that bypasses PC/SC.
    public let isClaimed: Bool

    /// `name (vendor:product)`.
    public var description: String { "\(name ?? "USB reader") (\(vendor):\(product))" }

    /// The USB card readers of this machine, by bus position; empty where the system does not tell, as on systems other
    /// than Linux.
    ///
    /// Readers older than the class (CCID), or of a vendor-specific class, are not included.
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
                // An interface claimed by a program has the kernel driver `usbfs`.
                isClaimed: exists("\(devices)/\(interface)/driver"))
        }
    }

    private init?(device: String, isClaimed: Bool) {
        guard let vendor = Self.text("\(device)/idVendor"), let product = Self.text("\(device)/idProduct") else {
            return nil
        }
        (self.vendor, self.product, self.isClaimed) = (vendor, product, isClaimed)
        name = Self.text("\(device)/product").map(PrintableText.of)
    }

    /// Empty where the folder does not exist.
    private static func entries(_ folder: String) -> [String] {
        do { return try Folder.names(in: FilePath(folder: folder)).map(\.string) } catch { return [] }
    }

    private static func exists(_ path: String) -> Bool {
        do { return try FileKind.ofTarget(FilePath(file: path)) != nil } catch { return false }
    }

    /// The first line, trimmed; nil where there is none, or the device is gone meanwhile.
    private static func text(_ path: String) -> String? {
        let bytes: [UInt8]
        // Kernel attributes have at most a page.
        do { bytes = try InputFile(at: FilePath(file: path)).readAll(atMost: 65_536) } catch { return nil }
        var line = bytes.prefix { $0 != 0x0A }
        while line.first == 0x20 { line.removeFirst() }
        while line.last == 0x20 { line.removeLast() }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}
