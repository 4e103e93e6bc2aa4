import CardIO
import Foundation
import ISO7816
import TestPrograms

/// A private pcscd for the tests, with virtual readers only.
///
/// It runs in a mount namespace in which `/run/pcscd` is a folder of ours and no driver for real readers is installed,
/// so it does not interfere with the machine's own pcscd or its readers. Programs find it by the environment variable
/// that libpcsclite reads, `PCSCLITE_CSOCK_NAME`. It ends when this process does.
///
/// A test that ends, stops or starts its pcscd runs in a separate process, as an exit test: libpcsclite looks for its
/// service once per process, and other tests must not be disturbed.
final class PrivatePCSCD: Sendable {
    /// Virtual readers, of two slots each. pcscd supports 16 slots.
    private static let readerCount = 4
    private static let driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"

    /// Why no pcscd can be started here, nil where it can.
    static let missing: String? = {
        let files = FileManager.default
        guard files.isExecutableFile(atPath: "/usr/sbin/pcscd") else { return "pcscd is missing: run Tools/setup" }
        guard files.fileExists(atPath: driver) else { return "vsmartcard-vpcd is missing: run Tools/setup" }
        do {
            let trial = try Program("/usr/bin/unshare", namespaceOptions + ["true"]).runBlocking()
            if trial.status == 0 { return nil }
            return "this user may not make a mount namespace (\(trial.errors)): run as root"
        } catch {
            return "unshare is missing: run Tools/setup (\(error))"
        }
    }()

    private static var namespaceOptions: [String] { getuid() == 0 ? ["-m"] : ["-U", "-r", "-m"] }

    /// The one pcscd of this test run: libpcsclite looks for its service once per process.
    static let shared: Result<PrivatePCSCD, any Error> = Result { try PrivatePCSCD() }

    /// The slots' readers and ports.
    let slots: [VirtualSlot]
    /// What programs need to find this pcscd.
    let environment: [String: String]
    /// The USB reader, where it exists.
    let pluggable: PluggableReader?
    private let reserved: [ReservedPorts]
    private let shell: RunningProgram

    /// - Parameter pluggable: whether it has one USB reader that can be unplugged, instead of virtual ones. It then
    ///   takes only the commands to plug and unplug it.
    init(pluggable isPluggable: Bool = false) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pcscd-\(UUID().uuidString)")
        let configuration = folder.appending(path: "reader.conf.d")
        let run = folder.appending(path: "run")
        for path in [configuration, run] {
            try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        }
        var entries = ""
        var slots: [VirtualSlot] = []
        var reserved: [ReservedPorts] = []
        var pluggable: PluggableReader?
        if isPluggable {
            pluggable = try PluggableReader(folder: folder)
        }
        for number in 0..<(isPluggable ? 0 : Self.readerCount) {
            // Each virtual reader needs a copy of the driver: loaded twice under one name it would share its sockets.
            let copy = folder.appending(path: "driver\(number).so")
            try FileManager.default.copyItem(at: URL(filePath: Self.driver).resolvingSymlinksInPath(), to: copy)
            let ports = try ReservedPorts(count: 2)
            let port = ports.first
            reserved.append(ports)
            let name = "Test reader \(number)"
            entries += """
                FRIENDLYNAME "\(name)"
                DEVICENAME /dev/null:0x\(String(port, radix: 16))
                LIBPATH \(copy.path)
                CHANNELID 0x\(String(port, radix: 16))


                """
            slots.append(VirtualSlot(reader: "\(name) 00 00", port: port))
            slots.append(VirtualSlot(reader: "\(name) 00 01", port: port + 1))
        }
        try entries.write(to: configuration.appending(path: "virtual"), atomically: true, encoding: .utf8)
        let socket = run.appending(path: "pcscd.comm").path
        self.slots = slots
        self.reserved = reserved
        self.pluggable = pluggable
        self.environment = ["PCSCLITE_CSOCK_NAME": socket]
        setenv("PCSCLITE_CSOCK_NAME", socket, 1)

        // The shell executes the commands on its input, which closes when this process ends in any way, and the shell
        // with it.
        let script = """
            mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind "$1/run" /run/pcscd || exit 1
            if [ -d "$1/drivers" ]; then
                mount --bind "$1/drivers" /usr/lib/pcsc/drivers || exit 1
                umockdev-wrapper /usr/bin/python3 "$1/plug.py" "$1"
                rm -rf "$1"
                exit
            fi
            mount -t tmpfs none /usr/lib/pcsc/drivers || exit 1
            start() {
                pcscd --foreground --config "$1/reader.conf.d" >> "$1/log" 2>&1 < /dev/null &
                daemon=$!
            }
            start "$1"
            while read -r order; do
                case "$order" in
                start) start "$1" ;;
                kill) kill -KILL $daemon; wait $daemon 2> /dev/null ;;
                hold)
                    # A signal is on its way until each thread has stopped.
                    kill -STOP $daemon
                    while grep -h '^State:' /proc/$daemon/task/*/status | grep -qv stopped; do sleep 0.01; done ;;
                continue) kill -CONT $daemon ;;
                esac
                echo "$order"
            done
            kill -CONT $daemon 2> /dev/null
            kill $daemon 2> /dev/null
            wait $daemon 2> /dev/null
            rm -rf "$1"
            """
        shell = try RunningProgram(
            Program("/usr/bin/unshare", Self.namespaceOptions + ["sh", "-c", script, "sh", folder.path]),
            errors: .discarded)
    }

    /// The operations on a private pcscd.
    enum Order: String {
        /// Starts it again after `kill`.
        case start
        /// Ends it by SIGKILL, so that it leaves its socket behind.
        case kill
        /// Stops it by SIGSTOP: it exists and does not answer.
        case hold
        /// Lets it continue.
        case `continue`
        /// Plugs the USB reader in.
        case plugIn
        /// Unplugs the USB reader.
        case pullOut
    }

    /// Gives a command and waits until it is done. Blocks the thread briefly.
    func order(_ order: Order) throws {
        try shell.write("\(order.rawValue)\n")
        _ = try shell.nextLine()
    }

    /// Waits until all readers are connected. The service does not signal its start, so it is polled.
    func ready(_ service: PCSCService) async throws {
        let end = ContinuousClock.Instant.testDeadline
        let expected = slots.count + (pluggable == nil ? 0 : 1)
        while try await count(service) != expected {
            guard ContinuousClock.now < end else { throw CardError(.noReader, subject: "pcscd of the tests") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// How many readers the service has, nil before it runs.
    private func count(_ service: PCSCService) async throws -> Int? {
        do {
            return try await service.readers().count
        } catch {
            // A service that is just ending closes the connection, which looks like a refusal.
            if [.noService, .serviceLost, .notAllowed].contains(error.code) { return nil }
            throw error
        }
    }
}

/// A slot of a virtual reader.
struct VirtualSlot: Sendable, Hashable {
    /// The reader's name in PC/SC.
    let reader: String
    /// The port to which the card side connects.
    let port: UInt16
}
