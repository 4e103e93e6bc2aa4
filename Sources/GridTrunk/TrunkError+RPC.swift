internal import GRPCCore
internal import Grid

extension TrunkError {
    /// What ended a stream.
    init(stream peer: String, _ error: any Error) {
        switch error {
        case let error as TrunkError: self = error
        case let error as RPCError where error.code == .unavailable:
            self = TrunkError(.connectFailed, peer, cause: error)
        default: self = TrunkError(.interrupted, peer, cause: error)
        }
    }

    /// As a status of gRPC, for the other side.
    var rpcError: RPCError {
        let status: RPCError.Code =
            switch code {
            case .outOfTurn, .beyondCredit, .unsupportedVersion: .failedPrecondition
            case .malformed, .tooLarge, .reusedID: .invalidArgument
            case .wrongIdentity, .revoked: .permissionDenied
            case .notAuthenticated: .unauthenticated
            case .replaced: .aborted
            case .connectFailed, .interrupted, .credentialsUnusable, .bindFailed: .unavailable
            }
        return RPCError(code: status, message: "\(self)")
    }
}
