/// Why the web server does not run, and what to do.
package enum WebError: Error, Hashable, CustomStringConvertible {
    case addressInUse(host: String, port: Int)
    /// The operating system's reason.
    case cannotListen(host: String, port: Int, reason: String)

    package var description: String {
        switch self {
        case .addressInUse(let host, let port):
            "\(host):\(port) is in use: stop what listens there, or choose another port for the web page "
                + "(0 takes a free one)"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port): \(reason); choose an address of this machine and a port that "
                + "this user may open"
        }
    }
}
