public import Diagnostics
import ISO7816

/// Why a meter's line is not available.
public struct LineError: DiagnosticError {
    public let code: Code
    /// The address.
    public let subject: String
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }

}

extension LineError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// Listening on the address failed.
        case bindFailed = 1
        /// Connecting to the address failed.
        case connectFailed = 2
        /// The device cannot be opened or set up.
        case noDevice = 3
        /// The line was lost.
        case lost = 4
        /// No thread, descriptor or random number is available.
        case noResources = 5
        /// The file of a meter's station cannot be read, or is not one.
        case stationUnreadable = 6
        /// It cannot be written.
        case stationNotKept = 7

        public var description: String {
            switch self {
            case .bindFailed: "cannot listen at this address"
            case .connectFailed: "nothing answers at this address"
            case .noDevice: "the device cannot be used"
            case .lost: "the line was lost"
            case .noResources: "the system has nothing left for it"
            case .stationUnreadable: "is not a readable station of a meter"
            case .stationNotKept: "the meter's station cannot be written there"
            }
        }
    }
}
