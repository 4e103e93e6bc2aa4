import Foundation

/// A reader that can be plugged in and pulled out, with a card in it: a driver for pcscd that looks at a file.
///
/// The driver says that the reader is there as long as the file is. While pcscd runs, a reader that is gone is one that
/// cannot be used: of readers that are not on USB, pcscd 1.9.9 with libudev drops and takes none but at its start.
struct PluggableReader: Sendable {
    /// Its name in PC/SC.
    let reader = "Pluggable reader 00 00"
    /// The command at which the card works until the reader is pulled out.
    static let endless: [UInt8] = [0x80, 0x20, 0x00, 0x00]
    /// The card's answer to reset.
    static let answerToReset: [UInt8] = [0x3B, 0x00]
    let configuration: String
    private let file: URL
    private let busy: URL

    /// Compiles the driver.
    init(folder: URL) throws {
        file = folder.appending(path: "plugged")
        busy = folder.appending(path: "plugged.busy")
        let (source, driver) = (folder.appending(path: "driver.c"), folder.appending(path: "pluggable.so"))
        try Self.source.write(to: source, atomically: true, encoding: .utf8)
        let compiled = try ExternalProgram(
            "clang", ["-shared", "-fPIC", "-I/usr/include/PCSC", source.path, "-o", driver.path]
        ).runBlocking()
        guard compiled.status == 0 else { throw CocoaError(.featureUnsupported, userInfo: ["clang": compiled.errors]) }
        configuration = """
            FRIENDLYNAME "Pluggable reader"
            DEVICENAME \(file.path)
            LIBPATH \(driver.path)
            CHANNELID 0x1

            """
        try plugIn()
    }

    /// Puts the reader in.
    func plugIn() throws { try Data().write(to: file) }

    /// Pulls the reader out.
    func pullOut() throws { try FileManager.default.removeItem(at: file) }

    /// Waits until the card works at the endless command.
    func waitUntilBusy() async throws {
        // A file that another process makes: nothing tells but to look.
        while !FileManager.default.fileExists(atPath: busy.path) { try await Task.sleep(for: .milliseconds(5)) }
    }

    private static let source = #"""
        #include <ifdhandler.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>

        static char path[1024], busy[1032];
        static int is_there(void) { return path[0] && access(path, F_OK) == 0; }

        RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name) {
            snprintf(path, sizeof path, "%s", name);
            snprintf(busy, sizeof busy, "%s.busy", name);
            return is_there() ? IFD_SUCCESS : IFD_NO_SUCH_DEVICE;
        }
        RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) { return IFD_NO_SUCH_DEVICE; }
        RESPONSECODE IFDHCloseChannel(DWORD lun) { return IFD_SUCCESS; }
        RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
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
