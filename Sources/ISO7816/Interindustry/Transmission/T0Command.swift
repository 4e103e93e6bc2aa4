/// A command as T=0 carries it: header, P3 and, where P3 is a length of data, the data (ISO/IEC 7816-3, 10.3.2).
package enum T0Command {
    /// GET RESPONSE (ISO/IEC 7816-4, 7.6.1).
    package static let getResponse: UInt8 = 0xC0

    /// Whether a TPDU cannot carry the command: because of its length, or of an instruction that would be read as SW1
    /// (ISO/IEC 7816-3, 10.3.2).
    package static func needsEnvelope(_ command: CommandAPDU) -> Bool {
        command.data.count > 255 || command.ins & 0xF0 == 0x60 || command.ins & 0xF0 == 0x90
    }

    /// The TPDU for a command APDU (ISO/IEC 7816-3, 12.2).
    ///
    /// Case 1 is sent with P3 00, case 4 without its Le. An Le above 256 becomes P3 00; GET RESPONSE fetches the rest.
    ///
    /// - Returns: nil for more than 255 bytes of data, which T=0 cannot carry in one command.
    package static func tpdu(_ command: CommandAPDU) -> [UInt8]? {
        let header = command.bytes[..<4]
        switch command.form {
        case .case1: return header + [0]
        case .case2Short, .case2Extended:
            return header + [UInt8(truncatingIfNeeded: min(command.expectedLength ?? 256, 256))]
        case .case3Short, .case4Short, .case3Extended, .case4Extended:
            guard let count = UInt8(exactly: command.data.count) else { return nil }
            return header + [count] + command.data
        }
    }
}
