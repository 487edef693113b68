//! A mail server by script: it takes what it is told to take, and notes each mail that it read to its end.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a mail.
#[derive(Debug, Clone)]
pub enum Post {
    /// It takes it.
    Take,
    /// It greets with this.
    Greet(&'static str),
    /// It answers the sender with this.
    ToSender(&'static str),
    /// It answers the recipient with this.
    ToRecipient(&'static str),
    /// It answers the login with this.
    ToLogin(&'static str),
    /// It offers no login, nor anything else.
    OfferNothing,
    /// It reads all of the mail, and closes without an answer.
    TakeAndClose,
    /// It reads all of the mail, and says nothing more, ever.
    TakeAndStall,
}

/// A mail server by script.
pub struct MailServer {
    /// `smtp://127.0.0.1:PORT`.
    pub url: String,
    mails: Arc<Mutex<Vec<String>>>,
    said: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// The acts are for the mails in order; after the last one it takes all.
    pub async fn start(acts: Vec<Post>) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let server = MailServer {
            url: format!("smtp://{}", listener.local_addr().expect("it is bound")),
            mails: Arc::default(),
            said: Arc::default(),
        };
        let (mails, said) = (server.mails.clone(), server.said.clone());
        let acts = Arc::new(Mutex::new(acts.into_iter()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let act = acts.lock().expect("unpoisoned").next().unwrap_or(Post::Take);
                let (mails, said) = (mails.clone(), said.clone());
                tokio::spawn(async move {
                    // Whoever goes away in the middle is no fault of the server.
                    let _ = serve(stream, act, &mails, &said).await;
                });
            }
        });
        server
    }

    /// The mails that were read to their end, whatever was answered, with plain line ends.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("unpoisoned").clone()
    }

    /// The commands, but for mails.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().expect("unpoisoned").clone()
    }
}

async fn serve(
    stream: TcpStream,
    act: Post,
    mails: &Mutex<Vec<String>>,
    said: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let greeting = match act {
        Post::Greet(greeting) => greeting,
        _ => "220 test",
    };
    stream.write_all(format!("{greeting}\r\n").as_bytes()).await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim().to_owned();
        said.lock().expect("unpoisoned").push(command.clone());
        let verb = command.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match (verb.as_str(), &act) {
            ("EHLO", Post::OfferNothing) => "250 test",
            ("EHLO", _) => "250-test\r\n250 AUTH PLAIN",
            ("AUTH", Post::ToLogin(answer))
            | ("MAIL", Post::ToSender(answer))
            | ("RCPT", Post::ToRecipient(answer)) => answer,
            ("AUTH", _) => "235 in",
            ("QUIT", _) => return stream.write_all(b"221 bye\r\n").await,
            ("DATA", _) => {
                stream.write_all(b"354 go\r\n").await?;
                let mail = read_mail(&mut stream).await?;
                mails.lock().expect("unpoisoned").push(mail);
                match act {
                    Post::TakeAndClose => return Ok(()),
                    Post::TakeAndStall => std::future::pending().await,
                    _ => "250 taken",
                }
            }
            _ => "250 yes",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(&line.replace("\r\n", "\n"));
    }
}
