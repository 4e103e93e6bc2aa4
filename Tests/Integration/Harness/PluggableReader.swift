import Foundation
import TestPrograms

/// A USB reader that can be plugged in and unplugged while pcscd runs, with a card in it.
///
/// umockdev shows pcscd a USB device that does not exist, and notifies it of hotplug events as the kernel would; so
/// pcscd itself adds and removes the reader. The driver is ours; a file tells it whether its device is connected, as a
/// driver's transfers fail once the cable is unplugged.
struct PluggableReader: Sendable {
    /// Its name in PC/SC.
    let reader = "Pluggable reader 00 00"
    /// The command on which the card works until the reader is unplugged.
    static let endless: [UInt8] = [0x80, 0x20, 0x00, 0x00]
    /// The card's answer to reset.
    static let answerToReset: [UInt8] = [0x3B, 0x00]
    /// Its vendor name.
    static let maker = "Nobody"
    private let file: URL
    private let busy: URL

    /// Why no such reader can be simulated here; nil where it can.
    static let missing: String? = {
        do {
            let trial = try Program(
                "/usr/bin/python3", ["-c", "import gi; gi.require_version('UMockdev', '1.0')"]
            ).runBlocking()
            return trial.status == 0 ? nil : "umockdev is missing: run Tools/setup"
        } catch {
            return "python3 is missing: run Tools/setup (\(error))"
        }
    }()

    /// Compiles the driver, and writes the program that plugs the reader in and starts pcscd.
    init(folder: URL) throws {
        file = folder.appending(path: "plugged")
        busy = folder.appending(path: "plugged.busy")
        let contents = folder.appending(path: "drivers/pluggable.bundle/Contents")
        let linux = contents.appending(path: "Linux")
        try FileManager.default.createDirectory(at: linux, withIntermediateDirectories: true)
        try Self.bundle.write(to: contents.appending(path: "Info.plist"), atomically: true, encoding: .utf8)
        let source = folder.appending(path: "driver.c")
        try Self.driverSource.write(to: source, atomically: true, encoding: .utf8)
        try Self.plugSource.write(to: folder.appending(path: "plug.py"), atomically: true, encoding: .utf8)
        let compiled = try Program(
            "clang",
            [
                "-shared", "-fPIC", "-I/usr/include/PCSC", "-DPLUGGED=\"\(file.path)\"",
                "-DMAKER=\"\(Self.maker)\"", source.path,
                "-o", linux.appending(path: "pluggable.so").path,
            ]
        ).runBlocking()
        guard compiled.status == 0 else { throw CocoaError(.featureUnsupported, userInfo: ["clang": compiled.errors]) }
        try Data().write(to: file)
    }

    /// Plugs the reader in.
    func plugIn(_ daemon: PrivatePCSCD) throws {
        try Data().write(to: file)
        try daemon.order(.plugIn)
    }

    /// Unplugs the reader.
    func pullOut(_ daemon: PrivatePCSCD) throws {
        try FileManager.default.removeItem(at: file)
        try daemon.order(.pullOut)
    }

    /// Waits until the card works on the endless command.
    ///
    /// - Throws: `NotBusy` where the command does not reach it.
    func waitUntilBusy(until deadline: ContinuousClock.Instant = .testDeadline) async throws {
        // Another process makes the file, so it has to be polled for.
        while !FileManager.default.fileExists(atPath: busy.path) {
            guard .now < deadline else { throw NotBusy(file: busy.path) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The driver of the reader did not get the endless command.
    struct NotBusy: Error, CustomStringConvertible {
        let file: String
        var description: String { "\(file): not made by the reader's driver, so no command reached its card" }
    }

    private static let bundle = """
        <?xml version="1.0" encoding="UTF-8"?>
        <plist version="1.0"><dict>
        <key>CFBundleExecutable</key><string>pluggable.so</string>
        <key>ifdManufacturerString</key><string>none</string>
        <key>ifdProductString</key><string>none</string>
        <key>ifdVersionNumber</key><string>0x00000001</string>
        <key>ifdCapabilities</key><string>0x00000000</string>
        <key>ifdProtocolSupport</key><string>0x00000001</string>
        <key>ifdVendorID</key><array><string>0x1209</string></array>
        <key>ifdProductID</key><array><string>0x0001</string></array>
        <key>ifdFriendlyName</key><array><string>Pluggable reader</string></array>
        </dict></plist>

        """

    /// Takes the folder, starts pcscd with the device plugged in, and executes the commands on its input.
    private static let plugSource = """
        import subprocess, sys
        import gi
        gi.require_version("UMockdev", "1.0")
        from gi.repository import UMockdev

        bed = UMockdev.Testbed.new()

        def plug():
            device = bed.add_device(
                "usb", "1-1", None,
                ["idVendor", "1209", "idProduct", "0001", "busnum", "1", "devnum", "2", "bConfigurationValue", "1"],
                ["DEVTYPE", "usb_device", "DEVNAME", "/dev/bus/usb/001/002"])
            interface = bed.add_device(
                "usb", "1-1:1.0", device, ["bInterfaceNumber", "00", "bInterfaceClass", "0b"],
                ["DEVTYPE", "usb_interface"])
            return device, interface

        device, interface = plug()
        daemon = subprocess.Popen(
            ["pcscd", "--foreground", "--config", sys.argv[1] + "/reader.conf.d"], stdin=subprocess.DEVNULL,
            stdout=open(sys.argv[1] + "/log", "w"), stderr=subprocess.STDOUT)
        for order in sys.stdin:
            if order == "pullOut\\n":
                for gone in (interface, device):
                    bed.uevent(gone, "remove")
                    bed.remove_device(gone)
            elif order == "plugIn\\n":
                device, interface = plug()
                bed.uevent(device, "add")
                bed.uevent(interface, "add")
            print(order.strip(), flush=True)
        daemon.terminate()
        daemon.wait()

        """

    private static let driverSource = #"""
        #include <ifdhandler.h>
        #include <reader.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>

        static char path[1024], busy[1032];
        static int is_there(void) { return path[0] && access(path, F_OK) == 0; }

        RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name) {
            snprintf(path, sizeof path, "%s", PLUGGED);
            snprintf(busy, sizeof busy, "%s.busy", PLUGGED);
            return is_there() ? IFD_SUCCESS : IFD_NO_SUCH_DEVICE;
        }
        RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) { return IFD_NO_SUCH_DEVICE; }
        RESPONSECODE IFDHCloseChannel(DWORD lun) { return IFD_SUCCESS; }
        RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
            if (tag == SCARD_ATTR_VENDOR_NAME && *length >= sizeof MAKER) {
                memcpy(value, MAKER, *length = sizeof MAKER);
                return IFD_SUCCESS;
            }
            if (tag != TAG_IFD_ATR || *length < 2) return IFD_ERROR_TAG;
            memcpy(value, "\x3B\x00", 2);
            *length = 2;
            return IFD_SUCCESS;
        }
        RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value) { return IFD_ERROR_TAG; }
        RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2,
            UCHAR pts3) { return IFD_SUCCESS; }
        RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length) {
            if (!is_there()) return IFD_COMMUNICATION_ERROR;
            memcpy(atr, "\x3B\x00", 2);
            *length = action == IFD_POWER_DOWN ? 0 : 2;
            return IFD_SUCCESS;
        }
        RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD count, PUCHAR answer,
            PDWORD room, PSCARD_IO_HEADER receive) {
            if (count >= 2 && command[0] == 0x80 && command[1] == 0x20) {
                FILE *mark = fopen(busy, "w");
                if (mark) fclose(mark);
                while (is_there()) usleep(1000);
            }
            if (!is_there()) { *room = 0; return IFD_COMMUNICATION_ERROR; }
            memcpy(answer, "\x90\x00", 2);
            *room = 2;
            return IFD_SUCCESS;
        }
        RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR data, DWORD count, PUCHAR answer, DWORD room,
            LPDWORD length) {
            /* GET_FEATURE_REQUEST: VERIFY_PIN_DIRECT by code 42330006; which answers that somebody cancelled. */
            if (code == 0x42000000 + 3400 && room >= 6) { memcpy(answer, "\x06\x04\x42\x33\x00\x06", 6); *length = 6; }
            else if (code == 0x42330006 && room >= 2) { memcpy(answer, "\x64\x01", 2); *length = 2; }
            else { *length = 0; return IFD_ERROR_NOT_SUPPORTED; }
            return IFD_SUCCESS;
        }
        RESPONSECODE IFDHICCPresence(DWORD lun) { return is_there() ? IFD_ICC_PRESENT : IFD_COMMUNICATION_ERROR; }
        """#
}
