/// A folder with an electric meter of a bench: its memory, a flash, and its environment.
public struct MeterFolder: DeviceFolder {
    public typealias Environment = MeterEnvironment
    public let path: String

    /// - Parameter path: of the folder; ``DeviceFolder/make(_:_:)`` creates it.
    public init(path: String) { self.path = path }

    public var memory: String { path + "/memory" }
    /// The file of its station on a line with many meters.
    public var stationFile: String { path + "/station" }
}
