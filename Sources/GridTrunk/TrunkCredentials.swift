internal import Diagnostics
internal import GRPCNIOTransportHTTP2Posix
internal import Grid
internal import NIOCertificateReloading
internal import NIOCore
internal import NIOSSL
internal import NetworkIdentity
internal import ValueProtocol

/// How long what may take, on both sides of a trunk.
struct TrunkDeadlines: Sendable {
    /// A connection over which nothing comes for this long is cut.
    var silence = Duration.seconds(7)
    /// A stream over which the other side's hello has not come by then is ended.
    var hello = Duration.seconds(10)
    /// So is a connection without a stream.
    var idle = Duration.seconds(10)
    /// The pause between two pings of the upper side.
    var ping = Duration.seconds(2)
    /// How long it waits for the answer to one.
    var pong = Duration.seconds(4)
}

/// One side's certificate and key, and what it asks of the other's.
struct TrunkCredentials: Sendable {
    let files: IdentityFiles
    let revocations: RevocationList?
    /// This side.
    let own: NetworkName

    init(_ files: IdentityFiles, _ revocations: RevocationList?) throws(TrunkError) {
        self.files = files
        self.revocations = revocations
        do {
            guard let unit = try PeerCertificate(file: files.certificate).unit else {
                throw TrunkError(
                    .credentialsUnusable, files.certificate, cause: Circumstance("it names no host and no unit"))
            }
            own = unit
        } catch let error as TrunkError {
            throw error
        } catch {
            throw TrunkError(.credentialsUnusable, files.certificate, cause: error)
        }
    }

    /// Checks a peer: it must be of this role, certified for this use, and not revoked.
    func check(
        _ certificate: PeerCertificate, is role: NetworkName.Role, _ use: NewIdentity.Use
    ) throws(TrunkError) {
        guard let unit = certificate.unit, unit.role == role, certificate.isFor(use) else {
            let found = certificate.unit.map { "\($0)" } ?? "serial number \(certificate.serial)"
            throw TrunkError(.wrongIdentity, found)
        }
        let isRevoked: Bool
        do throws(IdentityError) {
            isRevoked = try revocations?.contains(certificate) ?? false
        } catch {
            // Nobody can say who is revoked, so nobody is let in.
            throw TrunkError(.credentialsUnusable, error.subject, cause: error)
        }
        guard !isRevoked else { throw TrunkError(.revoked, "\(unit)") }
    }
}

/// A server's certificate and key, read anew for each handshake: a new pair counts from the next connection on. While the files
/// do not fit each other, the pair before does.
struct FreshCertificates: CertificateReloader {
    private let timed: TimedCertificateReloader
    private let failed: @Sendable (TrunkError) -> Void
    private let path: String

    /// - Parameter failed: called where files cannot be used.
    init(_ files: IdentityFiles, failed: @escaping @Sendable (TrunkError) -> Void) throws(TrunkError) {
        self.failed = failed
        path = files.certificate
        do {
            timed = try TimedCertificateReloader.makeReloaderValidatingSources(
                refreshInterval: .seconds(86_400),
                certificateSource: .init(location: .file(path: files.certificate), format: .pem),
                privateKeySource: .init(location: .file(path: files.key), format: .pem))
        } catch {
            throw TrunkError(.credentialsUnusable, files.certificate, cause: error)
        }
    }

    var sslContextConfigurationOverride: NIOSSLContextConfigurationOverride {
        do {
            try timed.reload()
        } catch {
            failed(TrunkError(.credentialsUnusable, path, cause: error))
        }
        return timed.sslContextConfigurationOverride
    }
}

extension PartyID {
    init(_ name: NetworkName) { self.init(rawValue: name.rawValue) }
}
