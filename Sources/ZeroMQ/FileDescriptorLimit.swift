import Glibc

/// Lets this process open as many descriptors as it may, and returns how many that is.
///
/// Every connection is one. At the limit a ROUTER of 4.3.4 stops accepting and burns a core (pyzmq#1642), so
/// the caller stops listening before it gets there. Once, at the start of a process.
package func raiseFileDescriptorLimit() throws(ZeroMQError) -> Int {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { throw ZeroMQError(call: "getrlimit") }
    limit.rlim_cur = limit.rlim_max
    guard setrlimit(resource, &limit) == 0 else { throw ZeroMQError(call: "setrlimit") }
    return Int(clamping: limit.rlim_cur)
}
