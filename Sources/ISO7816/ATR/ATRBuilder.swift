extension AnswerToReset {
    /// Builds an answer to reset for an emulated card.
    ///
    /// A parameter that is nil is left out, so the standard's default applies.
    ///
    ///     let answer = try AnswerToReset.Builder(protocols: [0, 1], historicalBytes: [0x80, 0x73, 0xC0, 0x01, 0x40])
    ///         .build()
    public struct Builder: Sendable {
        /// T=0 (0), T=1 (1) or both.
        public var protocols: [UInt8]
        /// At most 15.
        public var historicalBytes: [UInt8]
        /// TA1: indices of Fi (high half) and Di (low half).
        public var speed: UInt8?
        /// TC1, N.
        public var extraGuardTime: UInt8?
        /// TC2, WI of T=0: 1 to 255.
        public var waitingTimeInteger: UInt8?
        /// IFSC of T=1: 1 to 254.
        public var informationFieldSize: UInt8?
        /// BWI (high half, 0 to 9) and CWI (low half) of T=1.
        public var waitingIntegers: UInt8?
        /// How blocks of T=1 are checked.
        public var blockCheck: BlockCheck
        /// The operating classes, and whether the clock may be stopped.
        public var operatingClasses: OperatingClasses?
        /// In which state the clock may be stopped; encoded only together with ``operatingClasses``.
        public var clockStop: ClockStop

        public init(protocols: [UInt8], historicalBytes: some Collection<UInt8> = EmptyCollection()) {
            self.protocols = protocols
            self.historicalBytes = [UInt8](historicalBytes)
            self.blockCheck = .lrc
            self.clockStop = .notSupported
        }

        /// The answer to reset, with TCK where one is needed.
        ///
        /// - Throws: `ATRError` for other protocols, too many historical bytes, or a value out of its range.
        public func build() throws(ATRError) -> AnswerToReset {
            try check()
            let levels = self.levels
            var bytes: [UInt8] = [Convention.direct.rawValue, levels[0].presence | UInt8(historicalBytes.count)]
            for level in levels { bytes += level.bytes }
            bytes += historicalBytes
            if AnswerToReset.needsCheckByte(levels) { bytes.append(bytes.dropFirst().reduce(0, ^)) }
            return try AnswerToReset(bytes)
        }

        private func check() throws(ATRError) {
            guard !protocols.isEmpty, protocols.allSatisfy({ $0 <= 1 }) else {
                throw ATRError(.unknownProtocol, offset: Int(protocols.first { $0 > 1 } ?? 0))
            }
            guard historicalBytes.count <= 15 else {
                throw ATRError(.tooManyHistoricalBytes, offset: historicalBytes.count)
            }
            if waitingTimeInteger == 0 { throw ATRError(.valueOutOfRange, offset: 0) }
            if let size = informationFieldSize, size == 0 || size == 255 {
                throw ATRError(.valueOutOfRange, offset: Int(size))
            }
            if let waiting = waitingIntegers, waiting >> 4 > 9 {
                throw ATRError(.valueOutOfRange, offset: Int(waiting))
            }
        }

        /// The levels without their TD, and the T that each TD names; specific bytes of T=1 and T=15 are only allowed
        /// on a level above the second, for which T is repeated where needed.
        private var levels: [ATRInterfaceBytes] {
            let offered = Set(protocols).sorted()
            let ofT1 = ATRInterfaceBytes(
                protocolNumber: 1, ta: informationFieldSize, tb: waitingIntegers, tc: blockCheck == .crc ? 1 : nil)
            let ofT0 = offered.contains(0) ? waitingTimeInteger : nil
            var named = [offered[0]]
            var levels = [
                ATRInterfaceBytes(protocolNumber: nil, ta: speed, tc: extraGuardTime),
                ATRInterfaceBytes(protocolNumber: offered[0], tc: ofT0),
            ]
            if offered.contains(1), offered[0] == 0 || ofT1.presence != 0 {
                named.append(1)
                levels.append(ofT1)
            }
            if let operatingClasses {
                named.append(15)
                levels.append(
                    ATRInterfaceBytes(protocolNumber: 15, ta: clockStop.rawValue << 6 | operatingClasses.rawValue))
            }
            if named == [0], levels[1].presence == 0 { return [levels[0]] }
            for index in named.indices.reversed() { levels[index].td = levels[index + 1].presence | named[index] }
            return levels
        }
    }
}
