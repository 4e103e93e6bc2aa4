internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A line over a serial device or a pseudo-terminal (POSIX.1-2017, chapter 11).
enum SerialLine {
    /// Opens the device in raw mode, with 8 data bits, no parity, one stop bit and no flow control.
    static func open(_ path: String, baud: UInt32) throws(LineError) -> LinePort {
        let subject = "\(LineAddress.serial(path: path, baud: baud))"
        let descriptor: CInt
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.nonBlocking, .closeOnExec, noControllingTerminal]
            ).rawValue
        } catch {
            throw LineError(.noDevice, subject, cause: error)
        }
        let line = LinePort(taking: descriptor)
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else {
            throw LineError(.noDevice, subject, cause: Errno(rawValue: errno))
        }
        unsafe cfmakeraw(&settings)
        settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
        // Raw mode leaves flow control by RTS and CTS, and the number of stop bits, as the last program set them.
        settings.c_cflag &= ~(hardwareFlowControl | tcflag_t(CSTOPB))
        guard let speed = speed(baud), unsafe cfsetspeed(&settings, speed) == 0,
            unsafe tcsetattr(descriptor, TCSANOW, &settings) == 0
        else { throw LineError(.noDevice, subject, cause: Errno(rawValue: errno)) }
        return line
    }

    #if canImport(Darwin)
    private static let hardwareFlowControl = tcflag_t(CCTS_OFLOW | CRTS_IFLOW)
    #else
    /// `CRTSCTS`, which is outside POSIX and not imported under strict names.
    private static let hardwareFlowControl: tcflag_t = 0o20_000_000_000
    #endif
    private static let noControllingTerminal = FileDescriptor.OpenOptions(rawValue: O_NOCTTY)

    private static func speed(_ baud: UInt32) -> speed_t? {
        let speeds: [UInt32: Int] = [
            300: Int(B300), 600: Int(B600), 1200: Int(B1200), 2400: Int(B2400), 4800: Int(B4800), 9600: Int(B9600),
            19_200: Int(B19200), 38_400: Int(B38400), 57_600: Int(B57600), 115_200: Int(B115200),
        ]
        return speeds[baud].map { speed_t($0) }
    }
}
