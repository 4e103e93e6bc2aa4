public import ISO7816

/// Why a meter's line cannot be had, and what to do about it.
public struct LineError: DiagnosticError {
    public let code: ErrorCode<LineError>
    /// The address.
    public let subject: String
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

    public typealias Code = ErrorCode<LineError>
}

extension LineError.Code {
    /// The address cannot be listened at.
    public static var notServed: Self {
        Self("nothing can listen there", remedy: "Choose another port, or end what has it.")
    }
    /// Nobody answers at the address.
    public static var notReached: Self {
        Self("nobody answers there", remedy: "Check the address, and that the meter is powered and on its line.")
    }
    /// The device cannot be opened or set up.
    public static var noDevice: Self {
        Self("the device cannot be used", remedy: "Check its path, its rights and its speed.")
    }
    /// The line went away.
    public static var lost: Self { Self("the line was lost", remedy: "Repeat when it is back.") }
    /// No thread, descriptor or random number is left.
    public static var noResources: Self {
        Self("the system has nothing left for it", remedy: "Close other programs and repeat.")
    }
}

/// What the system says of a call that failed.
struct LineSystemError: Error, Sendable, Hashable, CustomStringConvertible {
    let call: String
    let number: CInt
    var description: String { "\(call): \(systemText(number))" }
}
