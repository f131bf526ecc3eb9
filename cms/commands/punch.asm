         TITLE 'PUNCH - punch a file'
*MODULE TRANSIENT
*---------------------------------------------------------------------
* PUNCH    fn ft fm (HEADER NOHEADER
*          Records of at most 80 bytes, padded with blanks; in front a
*          READ control card unless NOHEADER.
*          R15 = 0; 20 24 operands, 28 no file, 32 records too long, 36
*          disk or punch, 100 error
*---------------------------------------------------------------------
PUNCH    INFILE PUN
         COPY  OPTSCAN
OHEADER  MVC   PUNHEAD,9(R3)
         B     OPTSCAN
         INFOPEN PUN
         CLC   FSTIL,=F'80'
         BNH   PUNDEV
         DMSERR 'DMSPUN044E RECORD LENGTH EXCEEDS ALLOWABLE MAXIMUM'
         FRET  RC=32
PUNDEV   LA    R1,X'0D'
         NUCALL ADEVCLS
         LTR   R15,R15
         BZ    PUNHDR
PUNNODEV DMSERR 'DMSPUN008E DEVICE ''00D'' INVALID OR NONEXISTENT'
         LA    R15,36
         B     INFEND
PUNHDR   CLI   PUNHEAD,C'N'
         BE    PUNPIECE
         MVI   PUNCARD,C' '
         MVC   PUNCARD+1(79),PUNCARD
         MVC   PUNCARD(5),=C':READ'
         MVC   PUNCARD+7(8),RDFN
         MVC   PUNCARD+16(8),RDFT
         MVC   PUNCARD+25(2),RDFM
         MVC   PUNCARD+28(6),ADTID
         UNPK  PUNDATE(13),FSTADATI(7)
         MVI   PUNDATE+12,C'/'
         MVC   PUNCARD+35(15),PUNDPAT
         TR    PUNCARD+35(15),PUNDATE
         LA    R1,PUNCARD
         LA    R0,80
         BAL   R10,PUNOUT
PUNPIECE BAL   R11,INFREAD
         LTR   R15,R15
         BNZ   PUNEND
         C     R5,=F'80'
         BNE   PUNSHORT
*              80 bytes: 32 cards at once, as they lie
PUNMANY  LR    R2,R3
         CH    R2,=H'32'
         BNH   *+8
         LA    R2,32
         SR    R3,R2
         LR    R1,R4
         LR    R0,R2
         MH    R0,=H'80'
         AR    R4,R0
         BAL   R10,PUNOUT
         LTR   R3,R3
         BP    PUNMANY
         B     PUNPIECE
PUNSHORT MVI   PUNCARD,C' '
         MVC   PUNCARD+1(79),PUNCARD
         LTR   R2,R5
         BZ    PUNSH1
         BCTR  R2,0
         EX    R2,PUNMVC
PUNSH1   LA    R1,PUNCARD
         LA    R0,80
         BAL   R10,PUNOUT
         AR    R4,R5
         BCT   R3,PUNSHORT
         B     PUNPIECE
PUNMVC   MVC   PUNCARD(0),0(R4)
PUNEND   BAL   R10,PUNCLOSE
         SR    R15,R15
         B     INFEND
*              punches R0 bytes at R1.  Link R10
PUNOUT   ST    R1,PUNCALL+8
         ST    R0,PUNCALL+12
         CMSCALL PUNCALL
         LTR   R15,R15
         BCR   8,R10
         CH    R15,=H'100'
         BE    PUNNODEV
         LR    R5,R15
         DMSERR 'DMSPUN118S ERROR ''%1'' PUNCHING FILE ''%2 %3 %4''',SUX
               B=(DECR,(R5),0,CHAR,RDFN,8,CHAR,RDFT,8,CHAR,RDFM,2)
         BAL   R10,PUNCLOSE
         LA    R15,100
         B     INFEND
*              the spool file gets the name of the file.  Link R10
PUNCLOSE MVC   PUNCLOFN,RDFN
         MVC   PUNCLOFT,RDFT
         LA    R1,PUNCLO
         LA    R0,PUNCLOL
         NUCALL ADMSCPF
         BR    R10
         COPY  MODECHK
         LTORG
OPTTAB   DS    0H
         OPTENT HEADER,1,C'H',OHEADER
         OPTENT NOHEADER,3,C'N',OHEADER
         DC    X'FF'
PUNHEAD  DC    C'H'
PUNDPAT  DC    AL1(2,3,12,4,5,12,0,1,13,13,6,7,14,8,9)
PUNDATE  DC    CL13' ',C' :'       12 / 13 blank 14 :
PUNCALL  DC    CL8'CARDPH',A(0),F'80',8X'FF'
PUNCLO   DC    C'CLOSE 00D NAME '
PUNCLOFN DC    CL8' ',C' '
PUNCLOFT DC    CL8' '
PUNCLOL  EQU   *-PUNCLO
PUNCARD  DC    CL80' '
         INFDATA PUN
         COPY  REGEQU
         COPY  NUCON
         COPY  ADT
         COPY  FST
         END   PUNCH
