import Client
import Tickets

/// A ticket for the handler, and what tells that its claim is over.
struct WorkOrder: Sendable {
    var assignment: Assignment
    /// Ends when the work is to be stopped.
    var cancellation: AsyncStream<Void>

    var claim: HeldClaim { HeldClaim(ticket: assignment.number, token: assignment.token) }
}

/// What is told to a node's socket thread.
enum NodePost: Sendable {
    case decided(HeldClaim, Decision)
    case failed(HeldClaim, reason: String)
    /// The work could not be started, whatever the ticket.
    case notStarted(HeldClaim, reason: String)
    /// Somebody takes what was offered.
    case accepted(HeldClaim)
    /// Who missed an offer is there again.
    case back
    /// Take nothing new, finish, leave.
    case drain
    /// Leave without waiting for handlers.
    case stop
}

/// Runs the handler's work as child tasks of one task, as many at a time as the node is granted.
struct HandlerPool: Sendable {
    let handler: any Handler
    let post: @Sendable (NodePost) -> Void

    /// Works orders until there are no more, then stops what is still at work.
    func run(_ orders: AsyncStream<WorkOrder>) async {
        await withDiscardingTaskGroup { group in
            for await order in orders {
                group.addTask { await carryOut(order) }
            }
            group.cancelAll()
        }
    }

    private func carryOut(_ order: WorkOrder) async {
        let claim = order.claim
        let result = await withTaskGroup(of: NodePost?.self) { group in
            group.addTask {
                do {
                    if order.assignment.offerMilliseconds != nil, handler.asksFirst {
                        if let reason = try await handler.ask(about: order.assignment) {
                            return .decided(claim, Decision(.decline(reason: reason)))
                        }
                        post(.accepted(claim))
                    }
                    return .decided(claim, try await handler.work(order.assignment))
                } catch let error as any OutageError where error.isOutage {
                    return .notStarted(claim, reason: "\(error)")
                } catch {
                    return .failed(claim, reason: "\(error)")
                }
            }
            group.addTask {
                for await _ in order.cancellation {}
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        // A handler that only ended because all of them were told to: the node puts its ticket back by
        // itself.
        switch result {
        case .failed, .notStarted: if Task.isCancelled { return }
        default: break
        }
        if let result { post(result) }
    }
}
