/// Why a coordinator does not run, and what to do.
package enum CoordinatorError: Error, Hashable, CustomStringConvertible {
    case endpointInUse(String)
    case noBrokerKey(path: String)
    /// The thread that says who may connect has ended, so nobody new gets in.
    case zapHandlerEnded(String)

    package var description: String {
        switch self {
        case .endpointInUse(let endpoint):
            "\(endpoint) is in use: stop what listens there, or give the coordinator another endpoint "
                + "(port 0 takes a free one)"
        case .noBrokerKey(let path):
            "\(path) has no `broker:` line: it is not a coordinator's key; take the one of the key folder"
        case .zapHandlerEnded(let reason):
            "the thread that checks keys has ended (\(reason)), so nobody new could connect: start again"
        }
    }
}
