import Foundation
import Grid
import NetworkIdentity
import TestPrograms
import TestSupport
import Testing
import ValueProtocol

@testable import GridTrunk

/// Who is let in.
@Suite(.timeLimit(.minutes(2))) struct TrunkIdentityTests {
    let network: TestNetwork

    init() throws { network = try TestNetwork() }

    enum Fault: String, CaseIterable {
        case wrongUse, expired, otherAuthority, otherRole, noUnit, revoked
    }

    private func files(_ fault: Fault) throws -> IdentityFiles {
        let unit = TestNetwork.name(.areaUnit, 5)
        switch fault {
        case .wrongUse:
            return try network.authority.issue(NewIdentity(of: unit, addresses: [], uses: [.server], days: 9))
        case .expired:
            return try network.authority.issue(
                NewIdentity(of: unit, addresses: [], uses: [.server, .client], days: -1))
        case .otherAuthority:
            let folder = network.temporary.url.appending(path: "other")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            let other = try IdentityAuthority(in: folder.path, subject: "authority").issue(NewIdentity(of: unit))
            return IdentityFiles(certificate: other.certificate, key: other.key, authority: network.host.authority)
        case .otherRole: return try network.authority.issue(NewIdentity(of: TestNetwork.name(.localUnit, 5)))
        case .noUnit: return try network.authority.issue(NewIdentity("relay", addresses: ["relay"], uses: [.client]))
        case .revoked:
            let files = try network.areaUnit(5)
            try network.revocations.revoke(PeerCertificate(file: files.certificate))
            return files
        }
    }

    @Test(arguments: Fault.allCases) func `a unit without a good certificate is refused, and both sides say why`(
        fault: Fault
    ) async throws {
        let host = try await TestHost(network.host, revocations: network.revocations)
        let files = try files(fault)
        let code: TrunkError.Code =
            switch fault {
            case .wrongUse, .expired, .otherAuthority: .notAuthenticated
            case .otherRole, .noUnit: .wrongIdentity
            case .revoked: .revoked
            }
        if fault == .otherRole || fault == .noUnit {
            // Our own client would not begin with such a certificate.
            await #expect(throws: (any Error).self) {
                try await TrunkConnectionTests.say([TrunkConnectionTests.hello], files, host.port)
            }
            await Self.expectRefusal(by: host, code)
            return
        }
        let unit = try TestUnit(files, port: host.port, again: false)
        let error = try #require(await unit.end())
        let cause: String? =
            switch fault {
            case .wrongUse: "UNSUPPORTED_CERTIFICATE"
            case .expired: "CERTIFICATE_EXPIRED"
            case .otherAuthority: "ALERT"
            // After the handshake nothing is said.
            case .otherRole, .noUnit, .revoked: nil
            }
        if let cause {
            #expect(error.code == .notAuthenticated)
            #expect("\(error)".contains(cause), "\(error)")
        }
        await Self.expectRefusal(by: host, code)
    }

    /// Nothing happens before the refusal: no stream was opened.
    private static func expectRefusal(by host: TestHost, _ code: TrunkError.Code) async {
        let event = await host.events.first { $0 }
        guard case .refused(_, let error)? = event else {
            Issue.record("\(String(describing: event))")
            return
        }
        #expect(error.code == code)
    }

    @Test func `a client without a certificate is refused, and one with TLS 1.2`() async throws {
        let host = try await TestHost(network.host)
        let line = ["s_client", "-connect", "127.0.0.1:\(host.port)", "-CAfile", network.host.authority, "-alpn", "h2"]
        let none = try await Program("/usr/bin/openssl", line).run()
        #expect(await host.refusal()?.code == .notAuthenticated, "\(none)")
        let files = try network.areaUnit(5)
        let old = try await Program(
            "/usr/bin/openssl", line + ["-tls1_2", "-cert", files.certificate, "-key", files.key]
        ).run()
        let error = try #require(await host.refusal())
        #expect("\(error)".contains("1.3"), "\(old)")
    }

    @Test func `a unit refuses who is not its host`() async throws {
        // An area unit, with a name by which it is dialled, at the host's place.
        let impostor = try network.authority.issue(
            NewIdentity(of: TestNetwork.name(.areaUnit, 66), addresses: ["127.0.0.1"]))
        let server = try await TestHost(impostor)
        let unit = try TestUnit(network.areaUnit(5), port: server.port, again: false)
        #expect(try #require(await unit.end()).code == .wrongIdentity)
        // A host under a name that its certificate does not have.
        let named = try network.authority.issue(
            NewIdentity(of: TestNetwork.name(.host, 2), addresses: ["host.example"]))
        let other = try await TestHost(named)
        let second = try TestUnit(network.areaUnit(6), port: other.port, again: false)
        #expect(try #require(await second.end()).code == .notAuthenticated)
    }

    @Test func `a command goes from a host through an area unit to a local unit, under one id`() async throws {
        let host = try await TestHost(network.host)
        let area = try network.authority.issue(
            NewIdentity(of: TestNetwork.name(.areaUnit, 5), addresses: ["127.0.0.1"]))
        let below = try await TestHost(area)
        let local = PartyID(issuer: 0xA1, kind: .localUnit, number: 3)
        let (ids, asked) = AsyncStream<ExchangeID>.makeStream()
        let localUnit = try TestUnit(
            network.authority.issue(NewIdentity(of: TestNetwork.name(.localUnit, 3))), port: below.port
        ) { exchange in
            asked.yield(exchange.id)
            return .answered(exchange.command + [0x90, 0])
        }
        let unit = AreaUnit(TestNetwork.unit(5)) { [server = below.server] exchange, local in
            await server.exchange(exchange, through: local)
        } report: { _ in
        }
        await unit.receive(
            UnitReport(from: local, at: .zero, .meters(UnitReport.MeterRoster(present: [TestNetwork.meter]))),
            from: local)
        let areaUnit = try TestUnit(area, port: host.port) { exchange in
            asked.yield(exchange.id)
            return await unit.carry(exchange)
        }
        #expect(await host.load([1], through: TestNetwork.unit(5)) == .answered([1, 0x90, 0]))
        var iterator = ids.makeAsyncIterator()
        let above = await iterator.next()
        #expect(await iterator.next() == above)
        _ = (localUnit, areaUnit)
    }

    @Test func `area units serve local units`() async throws {
        let area = try network.authority.issue(
            NewIdentity(of: TestNetwork.name(.areaUnit, 1), addresses: ["127.0.0.1"]))
        let server = try await TestHost(area)
        let local = try network.authority.issue(NewIdentity(of: TestNetwork.name(.localUnit, 3)))
        let unit = try TestUnit(local, port: server.port)
        await unit.connection()
        let id = PartyID(issuer: 0xA1, kind: .localUnit, number: 3)
        #expect(await server.load([1], through: id) == .answered([1, 0x90, 0]))
        // What cannot be at an end is not taken for it.
        #expect(throws: TrunkError(.wrongIdentity, "")) { try TestUnit(network.host, port: 1) }
        await #expect(throws: TrunkError(.wrongIdentity, "")) { try await TestHost(local) }
    }

    @Test func `a new certificate counts from the next connection on`() async throws {
        let host = try await TestHost(network.host)
        let old = try PeerCertificate(file: network.host.certificate)
        try network.revocations.revoke(old)
        let first = try TestUnit(
            network.areaUnit(5), port: host.port, revocations: network.revocations, again: false)
        #expect(try #require(await first.end()).code == .revoked)
        // Key and certificate are exchanged while the host runs; in between they do not fit each other.
        let made = try network.authority.issue(
            NewIdentity(of: TestNetwork.name(.host, 1), addresses: ["127.0.0.1"]), file: "new")
        try Self.replace(network.host.certificate, by: made.certificate)
        let between = try TestUnit(
            network.areaUnit(6), port: host.port, revocations: network.revocations, again: false)
        #expect(try #require(await between.end()).code == .revoked)
        try Self.replace(network.host.key, by: made.key)
        let last = try TestUnit(network.areaUnit(7), port: host.port, revocations: network.revocations)
        await last.connection()
        #expect(await host.load([1], through: TestNetwork.unit(7)) == .answered([1, 0x90, 0]))
    }

    private static func replace(_ path: String, by other: String) throws {
        try Data(contentsOf: URL(filePath: other)).write(to: URL(filePath: path), options: .atomic)
    }

    @Test func `a list of revoked certificates that cannot be read lets nobody in`() async throws {
        let host = try await TestHost(network.host, revocations: network.revocations)
        try Data("not a serial number\n".utf8).write(to: URL(filePath: network.revocations.path))
        let unit = try TestUnit(network.areaUnit(5), port: host.port, again: false)
        #expect(await host.refusal()?.code == .credentialsUnusable)
        _ = await unit.end()
    }
}
