/// The non-volatile memory of an SLE 4442 or SLE 5542 and its access rules; ``TwoWireCard`` implements the contacts.
struct TwoWireMemory {
    /// 256 bytes; erased bits are 1.
    private(set) var main: [UInt8]
    /// For each of the first 32 bytes, whether it is irreversibly protected.
    private(set) var isProtected: [Bool]
    /// Three bits; each try of the code writes one to 0.
    private(set) var errorCounter: UInt8
    private var code: [UInt8]
    private var verification = Verification.none

    /// The progress of code verification (data sheet, 2.4): any command but the next expected one ends it.
    private enum Verification: Equatable {
        case none
        /// A bit of the error counter was written to 0; the index of the code byte to compare next.
        case comparing(Int)
        case verified
    }

    init(main: [UInt8], code: [UInt8], errorCounter: UInt8 = 7, isProtected: [Bool] = []) {
        precondition(main.count <= 256 && code.count == 3 && isProtected.count <= 32, "256 bytes, 3 of code, 32 bits")
        self.main = main + Array(repeating: 0xFF, count: 256 - main.count)
        self.code = code
        self.errorCounter = errorCounter & 7
        self.isProtected = isProtected + Array(repeating: false, count: 32 - isProtected.count)
    }

    /// The change that a command makes.
    enum Change: Equatable {
        case nothing
        /// A byte of main memory, of the code (addresses 1 to 3 of security memory) or the error counter (0).
        case main(Int, UInt8)
        case security(Int, UInt8)
        case protect(Int)
        case compare(Int, UInt8)
    }

    /// Power is off, which ends the verification.
    mutating func losePower() { verification = .none }

    var protectionBytes: [UInt8] { Self.protectionBytes(isProtected) }

    /// 32 protection bits as transmitted: lowest first, 0 for a protected byte.
    static func protectionBytes(_ isProtected: [Bool]) -> [UInt8] {
        (0..<4).map { byte in
            (0..<8).reduce(0) { $0 | (isProtected[byte * 8 + $1] ? 0 : 1 << UInt8($1)) }
        }
    }

    /// The code reads as zeros until it is verified.
    var securityBytes: [UInt8] { [errorCounter] + (verification == .verified ? code : [0, 0, 0]) }

    /// Records a command that is not part of a verification.
    mutating func interruptVerification() {
        if verification != .verified { verification = .none }
    }

    /// The change that a write to main memory will make.
    func updateMain(_ address: Int, _ value: UInt8) -> Change {
        verification == .verified && !(address < 32 && isProtected[address]) ? .main(address, value) : .nothing
    }

    /// The byte must equal the stored one.
    func protect(_ address: Int, _ value: UInt8) -> Change {
        verification == .verified && address < 32 && main[address] == value ? .protect(address) : .nothing
    }

    /// The error counter's bits can always be written to 0; the rest requires verification.
    func updateSecurity(_ address: Int, _ value: UInt8) -> Change {
        if address == 0 { return .security(0, mayErase ? value & 7 : errorCounter & value) }
        return verification == .verified ? .security(address, value) : .nothing
    }

    private var mayErase: Bool { verification == .verified || verification == .comparing(3) }

    /// Clock pulses until the change is made; the first half of those that erase and write erases (data sheet, 2.3).
    func pulses(for change: Change) -> (erase: Int, all: Int) {
        switch change {
        case .nothing, .compare: return (0, 2)
        case .protect: return (0, 124)
        case .main(let address, let value): return Self.pulses(from: main[address], to: value)
        case .security(0, let value): return Self.pulses(from: errorCounter, to: value)
        case .security(let address, let value): return Self.pulses(from: code[address - 1], to: value)
        }
    }

    private static func pulses(from old: UInt8, to new: UInt8) -> (erase: Int, all: Int) {
        switch (old & ~new != 0, new & ~old != 0) {
        case (_, false): (0, 124)
        case (false, true) where new == 0xFF || new == 7: (124, 124)
        default: (124, 255)
        }
    }

    /// The first half of a change that erases and writes: all bits are 1 then.
    mutating func erase(for change: Change) {
        switch change {
        case .main(let address, _): main[address] = 0xFF
        case .security(0, _): errorCounter = 7
        case .security(let address, _): code[address - 1] = 0xFF
        case .nothing, .protect, .compare: break
        }
    }

    /// Makes a change.
    mutating func make(_ change: Change) {
        switch change {
        case .nothing: interruptVerification()
        case .main(let address, let value):
            main[address] = value
        case .protect(let address):
            isProtected[address] = true
        case .security(0, let value):
            let wasWritten = errorCounter & ~value != 0
            let isErased = mayErase && value & ~errorCounter != 0
            errorCounter = value
            if isErased {
                verification = .verified
            } else if verification != .verified {
                verification = wasWritten ? .comparing(0) : .none
            }
        case .security(let address, let value):
            code[address - 1] = value
        case .compare(let address, let value):
            guard verification != .verified else { return }
            let isRight =
                verification == .comparing(address - 1) && (1...3).contains(address) && code[address - 1] == value
            verification = isRight ? .comparing(address) : .none
        }
    }
}
