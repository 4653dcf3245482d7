import ArgumentParser
import ZeroMQ

/// `--insecure-loopback`, for the broker and for whatever connects to it; YAML says `insecureLoopback`.
///
/// CURVE costs time, and somebody alone on a machine may do without. It is never the default, never found out from the
/// other end, and never for an endpoint that another machine may reach.
struct InsecureLoopbackOption: ParsableArguments {
    @Flag(
        name: .customLong("insecure-loopback"),
        help: """
            Do without CURVE between the broker and this machine: nothing is encrypted, and everybody here may do \
            everything. Both ends need it; only 127.0.0.0/8, [::1] and ipc endpoints take it.
            """)
    var isOn = false

    /// The option over what a file says.
    func over(_ file: Bool?) -> Bool { isOn || file == true }

    /// - Throws: A usage error when `endpoint` may be reached from another machine.
    static func check(_ endpoint: String) throws {
        guard !Loopback.has(endpoint: endpoint) else { return }
        throw Failure(
            .usage,
            "\(endpoint) may be reached from other machines, so it needs CURVE: leave out --insecure-loopback, or take "
                + "an endpoint like tcp://127.0.0.1:7601")
    }
}
