//! The one writer: takes all batches that wait, and commits them in one transaction.
//!
//! One `fsync` and one signature serve many callers; the log has one end, so that two writers
//! would only wait for each other. Another process may write to the same database: every
//! transaction reads the head first, and reads the tree's edge again where it has moved.

use std::sync::Arc;

use egnatia_app::{Batch, CommitError, Committed, DumpRow, StoreError};
use egnatia_audit::{Frontier, Seal};
use tokio::sync::{mpsc, oneshot};

use crate::ask::sql;
use crate::backend::{Backend, Link, store_error};
use crate::insert::Statements;
use crate::read::audit::load_frontier;
use crate::stage::{Head, Stage};
use crate::view::View;
use crate::{backup, read};

/// Batches that may wait. Who comes later waits to get in.
const WAITING_MAX: usize = 1024;
/// The most batches of one transaction.
const GROUP_MAX: usize = 512;
/// No further batch joins a transaction of so many changes and events.
const GROUP_WEIGHT_MAX: usize = 4096;

/// What the writer is asked for.
enum Job {
    Commit(Batch, oneshot::Sender<Result<Committed, CommitError>>),
    Restore(
        mpsc::Receiver<DumpRow>,
        oneshot::Sender<Result<u64, StoreError>>,
    ),
    Close(oneshot::Sender<()>),
}

/// Sends work to the writer. When the last one is gone, the writer ends what it was given.
#[derive(Debug)]
pub struct WriterHandle {
    jobs: mpsc::Sender<Job>,
}

fn gone() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}

impl WriterHandle {
    /// Starts the writer.
    pub fn start(backend: Arc<dyn Backend>, seal: Seal) -> Self {
        let (jobs, receiver) = mpsc::channel(WAITING_MAX);
        let writer = Writer {
            statements: Statements::new(backend.dialect().marks),
            backend,
            seal,
            known: None,
        };
        tokio::spawn(writer.work(receiver));
        Self { jobs }
    }

    /// Commits a batch with the others that wait.
    pub async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.send(Job::Commit(batch, reply)).await;
        sent.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Replaces everything by these rows.
    pub async fn restore(&self, rows: mpsc::Receiver<DumpRow>) -> Result<u64, StoreError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.send(Job::Restore(rows, reply)).await;
        sent.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Waits until everything that was sent before is written, and ends the writer.
    pub async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Close(reply)).await.is_ok() {
            // An error says that the writer has ended already.
            let _ = answer.await;
        }
    }
}

struct Writer {
    backend: Arc<dyn Backend>,
    seal: Seal,
    statements: Statements,
    /// What this writer left behind; nothing where it is not known whether it was written.
    known: Option<(Head, Frontier)>,
}

/// A batch, and who waits for it.
type Waiting = (Batch, oneshot::Sender<Result<Committed, CommitError>>);
/// What a transaction answers to each of its batches.
type Answers = Vec<Result<Committed, CommitError>>;

/// Why a transaction failed.
enum Failure {
    /// It did not begin: the database is busy or away.
    Before(StoreError),
    /// It was begun, and something in it failed.
    Within(StoreError),
}

/// The same error for each of these batches.
fn refuse(batches: &[Batch], error: &StoreError) -> Answers {
    let refused = batches.iter().map(|_| Err(error.clone().into()));
    refused.collect()
}

fn weight(batch: &Batch) -> usize {
    1 + batch.changes.len() + batch.events.len()
}

impl Writer {
    async fn work(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut next = jobs.recv().await;
        while let Some(job) = next.take() {
            match job {
                Job::Commit(batch, reply) => {
                    let mut load = weight(&batch);
                    let mut group = vec![(batch, reply)];
                    while group.len() < GROUP_MAX && load < GROUP_WEIGHT_MAX {
                        match jobs.try_recv() {
                            Ok(Job::Commit(batch, reply)) => {
                                load += weight(&batch);
                                group.push((batch, reply));
                            }
                            Ok(other) => {
                                next = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.commit_group(group).await;
                }
                Job::Restore(rows, reply) => {
                    self.known = None;
                    let restored = backup::restore(&*self.backend, rows).await;
                    // Who asked may have gone; the restore is done all the same.
                    let _ = reply.send(restored);
                }
                Job::Close(reply) => {
                    let _ = reply.send(());
                    return;
                }
            }
            if next.is_none() {
                next = jobs.recv().await;
            }
        }
    }

    async fn commit_group(&mut self, group: Vec<Waiting>) {
        let (batches, replies): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let answers = match self.transact(&batches).await {
            Ok(answers) => answers,
            Err(Failure::Within(StoreError::Unavailable(_) | StoreError::Rejected(_)))
                if batches.len() > 1 =>
            {
                self.commit_singly(&batches).await
            }
            Err(Failure::Before(error) | Failure::Within(error)) => refuse(&batches, &error),
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // Who asked may have gone; the commit is done all the same.
            let _ = reply.send(answer);
        }
    }

    /// Commits each batch by itself: one that the database cannot take must not refuse the
    /// others. Where not even a transaction begins, the rest is not tried, as each would wait.
    async fn commit_singly(&mut self, batches: &[Batch]) -> Answers {
        let mut answers = Answers::new();
        let mut left = batches.iter();
        while let Some(batch) = left.next() {
            match self.transact(std::slice::from_ref(batch)).await {
                Ok(one) => answers.extend(one),
                Err(Failure::Within(error)) => answers.push(Err(error.into())),
                Err(Failure::Before(error)) => {
                    answers.push(Err(error.clone().into()));
                    answers.extend(refuse(left.as_slice(), &error));
                    break;
                }
            }
        }
        answers
    }

    /// Commits these batches in one transaction. On an error nothing is written, or, where the
    /// connection broke during the commit, it is not known; the next transaction looks.
    async fn transact(&mut self, batches: &[Batch]) -> Result<Answers, Failure> {
        let mut link = self.backend.writer().await.map_err(Failure::Before)?;
        let begin = sql(self.backend.dialect().begin);
        if let Err(error) = link.run(begin, vec![]).await {
            roll_back(link).await;
            return Err(Failure::Before(store_error(&error)));
        }
        let known = self.known.take();
        let written = self.write(&mut *link, known, batches).await;
        let written = match written {
            Ok(written) => {
                let committed = link.run(sql("COMMIT"), vec![]).await;
                committed
                    .map(|()| written)
                    .map_err(|error| store_error(&error))
            }
            Err(error) => Err(error),
        };
        match written {
            Ok((answers, known)) => {
                self.known = Some(known);
                Ok(answers)
            }
            Err(error) => {
                tracing::error!(%error, "a transaction failed");
                roll_back(link).await;
                Err(Failure::Within(error))
            }
        }
    }

    async fn write(
        &mut self,
        link: &mut dyn Link,
        known: Option<(Head, Frontier)>,
        batches: &[Batch],
    ) -> Result<(Answers, (Head, Frontier)), StoreError> {
        let head = read::head(link, self.backend.dialect().read_head).await?;
        let frontier = match known {
            Some((known, frontier)) if known == head => frontier,
            _ => load_frontier(link, head.log_size).await?,
        };
        let mut view = View::load(link, batches).await?;
        let accepted: Vec<_> = batches.iter().map(|batch| view.accept(batch)).collect();
        let mut stage = Stage::new(&self.seal, head, frontier);
        let mut answers = Answers::new();
        for (batch, accepted) in batches.iter().zip(accepted) {
            let entered = match accepted {
                Ok(entered) => entered,
                Err(refused) => {
                    answers.push(Err(refused));
                    continue;
                }
            };
            let first_event = stage.frontier.size();
            stage
                .batch(link, &mut self.statements, &view, (batch, &entered))
                .await?;
            answers.push(Ok(Committed {
                first_event,
                log_size: stage.frontier.size(),
            }));
        }
        if answers.iter().any(Result::is_ok) {
            stage.finish(link, &mut self.statements, &view).await?;
        }
        Ok((answers, (stage.head, stage.frontier)))
    }
}

/// Ends a failed transaction. A connection that cannot do even that is closed.
pub async fn roll_back(mut link: Box<dyn Link>) {
    if link.run(sql("ROLLBACK"), vec![]).await.is_err() {
        link.discard().await;
    }
}
