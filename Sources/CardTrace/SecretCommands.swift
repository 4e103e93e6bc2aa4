import ISO7816

/// Commands whose data carry a PIN or a key, recognized by header alone, so that masking them does not depend on a
/// dictionary.
///
/// Of data with a known structure only the secret part is one; where the bytes do not have it, all data are.
package enum SecretCommands {
    /// What is secret of a command.
    enum Finding: Sendable, Hashable {
        /// It is not one of these commands.
        case other
        /// The bytes that may be secret: a PIN, or data whose structure is not known.
        case suspected(Range<Int>)
        /// The secret bytes of data that are understood; there may be none.
        case understood([Range<Int>])

        /// The secret ranges, ascending.
        var ranges: [Range<Int>] {
            switch self {
            case .other: []
            case .suspected(let range): [range]
            case .understood(let ranges): ranges
            }
        }
    }

    /// The ranges of `command` that contain, or may contain, secret bytes.
    ///
    /// The class byte is compared only where necessary: a secure messaging or channel bit must not make a PIN visible.
    package static func secretRanges(of command: [UInt8]) -> [Range<Int>] { finding(of: command).ranges }

    /// Whether a command has all data that its length announces.
    static func isComplete(_ command: [UInt8]) -> Bool { CommandBytes(command[...]).data != nil }

    /// Whether the data of a command with this header may be secret.
    static func mayCarrySecret(header: some Collection<UInt8>) -> Bool {
        header.count >= 4 && !secretRanges(of: Array(header.prefix(4)) + [2, 0, 0]).isEmpty
    }

    static func finding(of command: [UInt8]) -> Finding { finding(of: CommandBytes(command[...])) }

    static func finding(of command: CommandBytes) -> Finding {
        guard command.count > 5 else { return .other }
        guard let data = command.data else {
            // The length byte may be none, but the first of the data.
            if case .other = finding(of: command, data: 5..<command.count) { return .other }
            return .suspected(4..<command.count)
        }
        let carries = finding(of: command, data: data)
        if case .suspected = carries, isProtected(cla: command[0]),
            let plain = SecretData.plainValues(inProtected: command, data)
        {
            return .understood(plain)
        }
        return carries
    }

    private static func finding(of command: CommandBytes, data: Range<Int>) -> Finding {
        switch (command[0], command[1]) {
        case (_, 0x20), (_, 0x21), (_, 0x24), (_, 0x25), (_, 0x26), (_, 0x28), (_, 0x2C), (_, 0x2D), (_, 0x48):
            // VERIFY, CHANGE REFERENCE DATA, DISABLE and ENABLE VERIFICATION REQUIREMENT, RESET RETRY COUNTER,
            // IMPORT CARD SECRET (ISO/IEC 7816-4); PIN CHANGE/UNBLOCK (EMV)
            return .suspected(data)
        case (_, 0xC2), (_, 0xC3):
            // ENVELOPE carries another command, or what the network and the user send to a UICC
            return SecretData.isToolkitEnvelope(command, data) ? .understood([]) : .suspected(data)
        case (0xFF, 0x82), (0xFF, 0xD2):
            // LOAD KEYS of a reader (PC/SC part 3), CHANGE CODE of a memory card behind a reader (ACS)
            return .suspected(data)
        case (0x80..., 0xD8), (0x80..., 0xD9):
            // LOAD COMPONENT, PUT KEY (GlobalPlatform)
            let keys = SecretData.componentBytes(command, data) ?? SecretData.keyBytes(command, data)
            return keys.map(Finding.understood) ?? .suspected(data)
        case (0x80...0xFE, 0xE2):
            // STORE DATA (GlobalPlatform)
            if isFunctionOfEUICC(command) { return .understood([]) }
            return SecretData.personalisationBytes(command, data).map(Finding.understood) ?? .suspected(data)
        case (..<0x80, 0xDA) where command[2] == 0x00 && [0xD1, 0xD2, 0xD3, 0xD5, 0xF4].contains(command[3]):
            // PUT DATA of secure-messaging keys, resetting code and AES key (OpenPGP card)
            return .suspected(data)
        case (..<0x80, 0xDB) where command[2...3] == [0x3F, 0xFF] && command[data.lowerBound] != 0x5C:
            // PUT DATA of a private key, or a later part of one (OpenPGP card); PIV's starts with a list of tags
            return .suspected(data)
        case (..<0x80, 0xFE), (..<0x80, 0xFF):
            // IMPORT ASYMMETRIC KEY, SET MANAGEMENT KEY (Yubico's PIV)
            return .suspected(data)
        case (0xFF, 0x00):
            return SecretData.contactlessBytes(command, data).map(Finding.understood) ?? .other
        case (0xFF, 0xD6):
            // UPDATE BINARY of a contactless memory (PC/SC part 3)
            let secrets = SecretData.memoryBytes(address: Int(command[3]), data)
            return secrets.isEmpty ? .other : .understood(secrets)
        default:
            return .other
        }
    }

    /// Whether a class announces secure messaging in data objects (ISO/IEC 7816-4, 5.4.1).
    static func isProtected(cla: UInt8) -> Bool { cla != 0xFF && (cla & 0xE0 == 0x60 || cla & 0xE8 == 0x08) }

    /// Whether `command` is STORE DATA with a function of an eUICC (GSMA SGP.22, 5.7.2): a first block of the defined
    /// kind that begins with the tag of a function. These have no keys or PINs in clear.
    private static func isFunctionOfEUICC(_ command: CommandBytes) -> Bool {
        guard let data = command.data?.lowerBound, command[3] == 0x00, command[2] == 0x91 || command[2] == 0x11 else {
            return false
        }
        return data + 1 < command.count && command[data] == 0xBF && (0x20...0x43).contains(command[data + 1])
    }
}

extension SecretCommands {
    /// A command in a line, counted from 0, without a copy of it.
    struct CommandBytes {
        let bytes: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

        var count: Int { bytes.count }
        subscript(index: Int) -> UInt8 { bytes[bytes.startIndex + index] }
        subscript(range: ClosedRange<Int>) -> ArraySlice<UInt8> {
            bytes[bytes.startIndex + range.lowerBound...bytes.startIndex + range.upperBound]
        }

        func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> {
            bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
        }

        /// The data, without Lc and Le; nil where the length does not fit. An expected length other than 00 may be a
        /// byte of the data: commands with a secret expect no answer of a certain length.
        var data: Range<Int>? {
            guard count > 5 else { return nil }
            let isExtended = self[4] == 0 && count > 7
            let start = isExtended ? 7 : 5
            let end = start + (isExtended ? Int(self[5]) << 8 | Int(self[6]) : Int(self[4]))
            guard end > start, end == count || end == count - (isExtended ? 2 : 1) else { return nil }
            return bytes(end..<count).allSatisfy { $0 == 0 } ? start..<end : nil
        }
    }
}
