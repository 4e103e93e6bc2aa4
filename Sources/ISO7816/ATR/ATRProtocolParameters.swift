/// What the specific interface bytes say about T=0 and T=1.
extension AnswerToReset {
    /// WI of T=0 (TC2): the waiting time is 960 · WI · Fi clock periods (ISO/IEC 7816-3, 10.2). Without TC2: 10.
    public var waitingTimeInteger: UInt8 {
        guard levels.count > 1, let byte = levels[1].tc else { return 10 }
        return byte
    }

    /// IFSC: the maximum information field that the card accepts in a block of T=1, 1 to 254 (ISO/IEC 7816-3, 11.4.2).
    /// Default: 32.
    public var informationFieldSize: UInt8 { first(of: 1, \.ta) ?? 32 }

    /// BWI of T=1: the block waiting time is 11 etu + 2^BWI · 960 · 372 clock periods (11.4.3). Default: 4.
    public var blockWaitingInteger: UInt8 { (first(of: 1, \.tb) ?? 0x4D) >> 4 }

    /// CWI of T=1: the character waiting time is 11 + 2^CWI etu (11.4.3). Default: 13.
    public var characterWaitingInteger: UInt8 { (first(of: 1, \.tb) ?? 0x4D) & 0x0F }

    /// How blocks of T=1 are checked (11.4.4).
    public enum BlockCheck: Sendable, Hashable {
        /// One byte, the exclusive-or.
        case lrc
        /// Two bytes, the CRC of ISO/IEC 13239.
        case crc
    }

    /// How blocks of T=1 are checked. Default: LRC.
    public var blockCheck: BlockCheck { (first(of: 1, \.tc) ?? 0) & 1 == 0 ? .lrc : .crc }
}
